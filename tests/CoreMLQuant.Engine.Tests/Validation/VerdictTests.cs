using System;
using System.Collections.Generic;
using System.IO;
using System.IO.Compression;
using System.Linq;
using CoreMLQuant.Validation;
using CoreMLQuant.Validation.Findings;
using Xunit;

namespace CoreMLQuant.Tests.Validation;

/// <summary>Models with one damage each are judged as Apple's validator, and coremltools' loader, judge them: see tests/fixtures/validation/README.md.</summary>
public class VerdictTests
{
    private const string Computed = "computed";

    // The rules that this module has and Apple's validator takes otherwise: docs/VALIDATION.md.
    private static readonly string[] Laxer = [nameof(ValidationRule.NewerVersion)];

    [Fact]
    public void Validate_DamagedNetworks_AgreesWithApplesValidator()
    {
        using var scratch = new ScratchFolder();
        ZipFile.ExtractToDirectory(TestFiles.Fixture("validation", "networks.zip"), scratch.Path);
        AssertNetworks(scratch.Path, 424);
    }

    [Fact]
    public void Validate_DamagedPublicNetworks_AgreesWithApplesValidator()
    {
        string folder = Path.Combine(TestFiles.Root, "..", "shared", "validation-public");
        if (Directory.Exists(folder))
        {
            AssertNetworks(folder, 439);
        }
    }

    [Fact]
    public void Validate_DamagedPrograms_AgreesWithCoremltoolsLoader()
    {
        using var scratch = new ScratchFolder();
        string specifications = scratch.Combine("specifications");
        ZipFile.ExtractToDirectory(TestFiles.Fixture("validation", "programs.zip"), specifications);
        var packages = new Dictionary<string, string>();
        Verdict[] verdicts = Verdicts(specifications);
        Assert.Equal(448, verdicts.Length);
        Assert.Empty(verdicts.Where(verdict => !Agrees(verdict, PackageOf(verdict))).Select(verdict => verdict.File + " " + verdict.Damage));

        string PackageOf(Verdict verdict)
        {
            if (!packages.TryGetValue(verdict.Model, out string? package))
            {
                package = TestFiles.Copy(TestFiles.Fixture((verdict.Model + ".mlpackage").Split('/')), scratch.Combine(verdict.Model.Replace('/', '-') + ".mlpackage"));
                packages.Add(verdict.Model, package);
            }

            File.Copy(Path.Combine(specifications, verdict.File), Path.Combine(package, "Data", "com.apple.CoreML", "model.mlmodel"), overwrite: true);
            return package;
        }
    }

    private static void AssertNetworks(string folder, int count)
    {
        Verdict[] verdicts = Verdicts(folder);
        Assert.Equal(count, verdicts.Length);
        Assert.DoesNotContain(verdicts, verdict => !Agrees(verdict, Path.Combine(folder, verdict.File)));
    }

    private static bool Agrees(Verdict verdict, string path)
    {
        ValidationReport report = ModelValidator.Validate(path);
        string[] rules = report.Findings.Select(finding => finding.Rule).ToArray();
        return verdict.Exception switch
        {
            Computed => report.IsValid && !verdict.IsValid,
            "" => report.IsValid == verdict.IsValid || (report.IsValid && rules.Intersect(Laxer).Any()),
            _ => !report.IsValid && verdict.IsValid && rules.Contains(verdict.Exception),
        };
    }

    private static Verdict[] Verdicts(string folder)
    {
        string[][] lines = File.ReadAllLines(Path.Combine(folder, "verdicts.tsv")).Select(line => line.Split('\t')).ToArray();
        return lines.Skip(1).Select(line => new Verdict(Field(line, "file"), Field(line, "model"), Field(line, "verdict") == "valid", Field(line, "damaged field"), Field(line, "damage"), Field(line, "exception"))).ToArray();

        string Field(string[] line, string name) => Array.IndexOf(lines[0], name) is >= 0 and int column && column < line.Length ? line[column] : string.Empty;
    }

    private sealed record Verdict(string File, string Model, bool IsValid, string Field, string Damage, string Exception);
}
