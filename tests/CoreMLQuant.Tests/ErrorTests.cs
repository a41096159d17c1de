using System.IO;
using System.Linq;
using System.Management.Automation;
using CoreMLQuant.Tests.Support;
using Xunit;

namespace CoreMLQuant.Tests;

public sealed class ErrorTests : ModuleTest
{
    private const string Pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12345\n";

    public static TheoryData<string, string, string, ErrorCategory> BadInputs => new()
    {
        { "Get-CoreMLModel", "missing", "ModelNotFound", ErrorCategory.ObjectNotFound },
        { "Get-CoreMLWeight", "missing", "ModelNotFound", ErrorCategory.ObjectNotFound },
        { "ConvertTo-Fp16Model", "missing", "ModelNotFound", ErrorCategory.ObjectNotFound },
        { "Get-CoreMLModel", "pointer", "GitLfsPointer", ErrorCategory.InvalidData },
        { "Get-CoreMLWeight", "pointer", "GitLfsPointer", ErrorCategory.InvalidData },
        { "ConvertTo-Fp16Model", "pointer", "GitLfsPointer", ErrorCategory.InvalidData },
        { "Get-CoreMLModel", "truncated", "TruncatedSpecification", ErrorCategory.InvalidData },
        { "ConvertTo-Fp16Model", "truncated", "TruncatedSpecification", ErrorCategory.InvalidData },
        { "Get-CoreMLModel", "text", "NotAModel", ErrorCategory.InvalidType },
        { "ConvertTo-Fp16Model", "text", "NotAModel", ErrorCategory.InvalidType },
        { "Get-CoreMLModel", "compiled", "CompiledModel", ErrorCategory.InvalidType },
        { "ConvertTo-Fp16Model", "compiled", "CompiledModel", ErrorCategory.InvalidType },
        { "Get-CoreMLModel", "nomanifest", "InvalidManifest", ErrorCategory.InvalidData },
        { "ConvertTo-Fp16Model", "noweights", "MissingWeightFile", ErrorCategory.InvalidData },
    };

    [Theory]
    [MemberData(nameof(BadInputs))]
    public void BadInput_IsOneErrorThatNamesIt(string cmdlet, string kind, string id, ErrorCategory category)
    {
        string path = Make(kind);
        string good = Folder.Add(Workspace.Network, "good.mlmodel");

        CommandRun run = Run($"{cmdlet} -LiteralPath $args[0], $args[1]", path, good);

        Assert.Null(run.Terminating);
        Assert.Equal([id], run.ErrorIds);
        ErrorRecord error = run.Errors.Single();
        Assert.Equal(category, error.CategoryInfo.Category);
        Assert.Equal(path, error.TargetObject);
        Assert.Contains(Path.GetFileName(path), error.ToString());
        Assert.NotEmpty(run.Output);
    }

    [Theory]
    [InlineData("Env:/PATH", "NotFileSystemPath", ErrorCategory.InvalidArgument)]
    [InlineData("Variable:/HOME", "NotFileSystemPath", ErrorCategory.InvalidArgument)]
    [InlineData("nosuchdrive:/a.mlmodel", "InvalidPath", ErrorCategory.ObjectNotFound)]
    [InlineData("nosuch::a.mlmodel", "InvalidPath", ErrorCategory.ObjectNotFound)]
    public void PathElsewhere_IsAnErrorAndTheRunGoesOn(string path, string id, ErrorCategory category)
    {
        string good = Folder.Add(Workspace.Network, "good.mlmodel");
        foreach (string parameter in new[] { "Path", "LiteralPath" })
        {
            CommandRun run = Run($"Get-CoreMLModel -{parameter} $args[0], $args[1]", path, good);
            Assert.Equal([id], run.ErrorIds);
            Assert.Equal(category, run.Errors[0].CategoryInfo.Category);
            Assert.Equal([good], run.Values("Path"));
        }
    }

    [Fact]
    public void MissingRelativePath_IsNamedInFull()
    {
        Session.SetLocation(Folder.Root);
        CommandRun run = Run("Get-CoreMLModel nosuch.mlmodel");
        Assert.Equal(["ModelNotFound"], run.ErrorIds);
        Assert.Equal(Folder["nosuch.mlmodel"], run.Errors[0].TargetObject);
        Assert.Contains(Folder["nosuch.mlmodel"], run.Errors[0].ToString());
    }

    [Fact]
    public void ErrorActionStop_EndsTheRun()
    {
        string path = Make("pointer");
        string good = Folder.Add(Workspace.Network, "good.mlmodel");
        CommandRun run = Run("Get-CoreMLModel $args[0], $args[1] -ErrorAction Stop", path, good);
        Assert.Equal("GitLfsPointer", CommandRun.Id(run.Terminating!));
        Assert.Empty(run.Output);
    }

    [Fact]
    public void WarningActionStop_EndsTheRun_AndIsNoModelsFault()
    {
        string good = Folder.Add(Workspace.Network, "good.mlmodel");
        CommandRun run = Run("ConvertTo-Fp16Model $args[0] -Exclude nosuchop -WarningAction Stop", good);
        Assert.NotNull(run.Terminating);
        Assert.Empty(run.Errors);
        Assert.False(File.Exists(Folder["good_fp16.mlmodel"]));
    }

    [Fact]
    public void Break_InThePipeline_IsNoError()
    {
        Folder.Add(Workspace.Network, "a.mlmodel");
        Folder.Add(Workspace.Network, "b.mlmodel");
        CommandRun run = Run("foreach ($i in 1) { Get-CoreMLModel $args[0] | ForEach-Object { $_; break } }", Folder["*"]);
        Assert.Single(run.Clean());
    }

    [Fact]
    public void Exception_Downstream_IsNotTakenForTheModels()
    {
        Folder.Add(Workspace.Network, "a.mlmodel");
        CommandRun run = Run("Get-CoreMLModel $args[0] | ForEach-Object { throw 'downstream' }", Folder["*"]);
        Assert.Equal("downstream", run.Terminating?.ToString());
        Assert.Empty(run.Errors);
    }

    private string Make(string kind)
    {
        switch (kind)
        {
            case "pointer":
                return Folder.AddText("bad.mlmodel", Pointer);
            case "text":
                return Folder.AddText("bad.mlmodel", "This is a text about a model, and not a model. " + new string('x', 400));
            case "truncated":
                string path = Folder.Add(Workspace.Network, "bad.mlmodel");
                using (FileStream file = File.OpenWrite(path))
                {
                    file.SetLength(file.Length / 2);
                }

                return path;
            case "compiled":
                Folder.AddText("bad.mlmodelc/coremldata.bin", "compiled");
                return Folder["bad.mlmodelc"];
            case "nomanifest":
                path = Folder.Add(Workspace.Package, "bad.mlpackage");
                File.Delete(Path.Combine(path, "Manifest.json"));
                return path;
            case "noweights":
                path = Folder.Add(Workspace.Package, "bad.mlpackage");
                File.Delete(Path.Combine(path, "Data", "com.apple.CoreML", "weights", "weight.bin"));
                return path;
            case "folder":
                Directory.CreateDirectory(Folder["bad"]);
                return Folder["bad"];
            default:
                return Folder["nosuch.mlmodel"];
        }
    }
}
