using System.IO;
using System.Linq;
using System.Management.Automation;
using CoreMLQuant.Tests.Support;
using Xunit;

namespace CoreMLQuant.Tests;

public sealed class TestCoreMLModelTests : ModuleTest
{
    [Theory]
    [InlineData(Workspace.Package, "good.mlpackage")]
    [InlineData(Workspace.Network, "good.mlmodel")]
    public void SoundModel_IsTrue_AndHasNoFindings(string fixture, string name)
    {
        string path = Folder.Add(fixture, name);
        Assert.Equal(true, Run("Test-CoreMLModel $args[0]", path).Clean().Single().BaseObject);
        dynamic report = Run("Test-CoreMLModel $args[0] -Detailed", path).Clean().Single().BaseObject;
        Assert.True(report.IsValid);
        Assert.Equal((path, 0, 0, 0), ((string)report.Path, (int)report.Errors, (int)report.Warnings, (int)report.Findings.Count));
        Assert.Contains($"{path}: valid, no errors, no warnings", Session.Display("Test-CoreMLModel $args[0] -Detailed", path).Replace("\n", string.Empty));
    }

    [Fact]
    public void BrokenModel_IsFalse_AndNoError()
    {
        string path = Folder.AddText("pointer.mlmodel", "version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12345\n");
        Assert.Equal(false, Run("Test-CoreMLModel $args[0]", path).Clean().Single().BaseObject);
        PSObject finding = Run("(Test-CoreMLModel $args[0] -Detailed).Findings", path).Clean().Single();
        Assert.Equal("GitLfsPointer", finding.Properties["Rule"].Value);
        Assert.Equal("Error", finding.Properties["Severity"].Value.ToString());
        Assert.Equal(path, finding.Properties["File"].Value);
        Assert.Contains("git lfs pull", (string)finding.Properties["Remedy"].Value);
    }

    [Fact]
    public void Warning_LeavesAModelTrue()
    {
        string path = Folder.Add("convnet_iOS18/q4sym_block32.mlpackage", "blocks.mlpackage");
        Assert.Equal(true, Run("Test-CoreMLModel $args[0]", path).Clean().Single().BaseObject);
        CommandRun run = Run("(Test-CoreMLModel $args[0] -Detailed).Findings", path);
        Assert.All(run.Values("Rule"), rule => Assert.Equal("PerBlockQuantization", rule));
        Assert.Equal(3, run.Output.Count);
        Assert.All(run.Values("PSPath"), model => Assert.Equal(path, model));
    }

    [Fact]
    public void Verdict_CarriesItsPath_AndStaysFalseInACondition()
    {
        string good = Folder.Add(Workspace.Package, "good.mlpackage"), bad = Folder.AddText("bad.mlmodel", "no model");
        CommandRun run = Run("$all = Test-CoreMLModel $args[0], $args[1]; $all.Count; $all.Path; if ($all[1]) { 'true' } else { 'false' }; ($all | Where-Object { -not $_ }).Path; $all[0] -is [bool]", good, bad);
        Assert.Equal(["2", good, bad, "false", bad, "True"], run.Clean().Select(value => value.ToString()));
    }

    [Fact]
    public void Report_OfFindings_ShowsThemAsATable_AtAnyWidth()
    {
        string path = Folder.Add("nn_updatable/linear8.mlmodel", "updatable.mlmodel");
        foreach (string script in (string[])["Test-CoreMLModel $args[0] -Detailed", "$r = Test-CoreMLModel $args[0] -Detailed; [Management.Automation.PSSerializer]::Deserialize([Management.Automation.PSSerializer]::Serialize($r))"])
        {
            string shown = Session.Display(script, path);
            Assert.Contains("not valid, 4 errors, no warnings", shown);
            Assert.Equal(4, shown.Split('\n').Count(line => line.StartsWith("Error ") && line.Contains("QuantizedUpdatableWeight")));
            Assert.Contains("Expand-CoreMLModel", shown);
        }

        string narrow = Run("[CoreMLQuant.Formatting.DisplayText]::Report((Test-CoreMLModel $args[0] -Detailed), 80)", path).Clean().Single().ToString();
        Assert.All(narrow.Split('\n').Where(line => !line.Contains(path)), line => Assert.InRange(line.TrimEnd().Length, 0, 80));
    }

    [Fact]
    public void ConversionResults_PipeIn_AndPassInOrder()
    {
        Folder.Add(Workspace.Package, "a.mlpackage");
        Folder.Add(Workspace.Network, "b.mlmodel");
        CommandRun run = Run("Get-CoreMLModel $args[0] | ConvertTo-QuantizedModel -AllowOpsetUpgrade -WarningAction Ignore | Test-CoreMLModel", Folder.Root);
        Assert.Equal([true, true], run.Clean().Select(result => (bool)result.BaseObject));
    }

    [Fact]
    public void DamagedBlob_IsNamedWithFileAndPlace()
    {
        string path = Folder.Add(Workspace.Package, "bad.mlpackage");
        string weights = Path.Combine(path, "Data", "com.apple.CoreML", "weights", "weight.bin");
        using (FileStream file = File.OpenWrite(weights))
        {
            file.Position = 64;
            file.WriteByte(0);
        }

        PSObject finding = Run("(Test-CoreMLModel $args[0] -Detailed).Findings", path).Clean().First();
        Assert.Equal("InvalidBlobSentinel", finding.Properties["Rule"].Value);
        Assert.Equal(weights, finding.Properties["File"].Value);
        Assert.StartsWith("function 'main' const '", (string)finding.Properties["Location"].Value);
        string shown = Session.Display("Test-CoreMLModel $args[0] -Detailed", path);
        Assert.Matches("Severity +Rule +Location +Message", shown);
        Assert.Contains("the record begins with", shown);
        Assert.All(shown.Split('\n').Where(line => !line.Contains(path)), line => Assert.InRange(line.Length, 0, FixedScreen.Width));
    }

    [Fact]
    public void MissingModel_IsAnError() => Assert.Equal(["ModelNotFound"], Run("Test-CoreMLModel $args[0]", Folder["nosuch.mlmodel"]).ErrorIds);

    [Fact]
    public void Findings_SurviveAJob()
    {
        string path = Folder.Add("convnet_iOS18/q4sym_block32.mlpackage", "blocks.mlpackage");
        string copied = Run("$f = Test-CoreMLModel $args[0] -Detailed; $c = [Management.Automation.PSSerializer]::Deserialize([Management.Automation.PSSerializer]::Serialize($f)).Findings[0]; \"$($c.Severity) $($c.Rule) $($c.Location)\"", path).Clean().Single().ToString();
        Assert.StartsWith("Warning PerBlockQuantization function 'main' constexpr_blockwise_shift_scale '", copied);
    }

    [Fact]
    public void Verbose_TellsHowMuchWasFound()
    {
        string path = Folder.Add("convnet_iOS18/q4sym_block32.mlpackage", "blocks.mlpackage");
        Assert.Contains($"'{path}': 0 errors, 3 warnings, 0 information.", Run("Test-CoreMLModel $args[0] -Verbose", path).Verbose);
    }
}
