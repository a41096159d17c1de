using System.Linq;
using System.Management.Automation;
using System.Text.RegularExpressions;
using CoreMLQuant.Tests.Support;
using Xunit;

namespace CoreMLQuant.Tests;

/// <summary>-WhatIf prints the plan: each weight with its encoding or the reason why it is kept, sizes, and the total.</summary>
public sealed class WhatIfTests : ModuleTest
{
    private const string Newest = "convnet_iOS18/fp32.mlpackage";

    [Theory]
    [InlineData("ConvertTo-Fp16Model $args[0]", Workspace.Package, "Float16", "")]
    [InlineData("ConvertTo-Fp16Model $args[0]", Workspace.Network, "Float16", "")]
    [InlineData("ConvertTo-QuantizedModel $args[0]", Newest, "Linear 8-bit", "only weights with more than 2048")]
    [InlineData("ConvertTo-PrunedModel $args[0] -TargetSparsity 0.75", Newest, "Sparse", "only weights with more than 2048")]
    [InlineData("Optimize-CoreMLModel $args[0] -Recipe @{ config_type = 'OpLinearQuantizerConfig'; op_type_configs = @{ conv = @{} } }", Newest, "Linear 8-bit", "not selected by the recipe")]
    public void Plan_ListsEveryWeight_AndTheTotal(string command, string fixture, string encoding, string reason)
    {
        string source = Folder.Add(fixture, fixture.EndsWith(".mlmodel", System.StringComparison.Ordinal) ? "net.mlmodel" : "net.mlpackage");
        string[] before = Folder.Entries();
        string[] weights = Run("Get-CoreMLWeight $args[0]", source).Values("Name");

        string[] lines = Session.Display($"{command} -WhatIf -Verbose -WarningAction Ignore 4>$null", source).Split('\n');

        Assert.Equal(before, Folder.Entries());
        Assert.StartsWith("What if: ", lines[0]);
        int rule = System.Array.FindIndex(lines, line => line.StartsWith("---- ", System.StringComparison.Ordinal));
        string[] headings = ["Name", "OpType", "EncodingBefore", "EncodingAfter", "Before", "After", "Reason"];
        Assert.Equal(headings.SkipLast(reason.Length > 0 ? 0 : 1), lines[rule - 1].Split(' ', System.StringSplitOptions.RemoveEmptyEntries));

        // A long reason goes on in the next line.
        string[] rows = lines.Skip(rule + 1).Where(line => !line.StartsWith(' ')).Take(weights.Length).ToArray();
        Assert.Equal(weights, rows.Select(row => row.Split(' ')[0]));
        Assert.Contains(rows, row => row.Contains(encoding));
        Assert.Contains(reason, Regex.Replace(string.Join(" ", lines.Skip(rule + 1)), @"\s+", " "));
        Assert.Matches(@"^Total: \d+ of \d+ weights, \S+ KB -> \S+ KB \(\d+ -> \d+ bytes\)", lines.Single(line => line.StartsWith("Total: ", System.StringComparison.Ordinal)));
    }

    [Fact]
    public void Total_IsTheSizeOfWhatIsWritten()
    {
        string source = Folder.Add(Newest, "net.mlpackage");
        string shown = Session.Display("ConvertTo-QuantizedModel $args[0] -WhatIf", source);
        long promised = long.Parse(Regex.Match(shown, @"-> (\d+) bytes").Groups[1].Value);

        dynamic result = Run("ConvertTo-QuantizedModel $args[0]", source).Clean().Single().BaseObject;

        Assert.Equal(promised, (long)result.After);
        Assert.Equal(promised, Run("Get-CoreMLModel $args[0]", Folder["net_int8.mlpackage"]).Clean().Single().Properties["Size"].Value);
    }

    [Fact]
    public void Budget_TellsTheMeasuredErrorOfEveryChoice()
    {
        string source = Folder.Add(Newest, "net.mlpackage");
        string[] lines = Session.Display("Optimize-CoreMLModel $args[0] -MinimumSnr 20 -WhatIf", source).Split('\n');
        Assert.Contains(lines, line => line.Contains("EncodingAfter") && line.Contains("ExpectedSnr") && line.Contains("Reason"));
        Assert.Contains(lines, line => Regex.IsMatch(line, @"(Linear|Palettized) \d-bit .* \d+\.\d dB"));
    }

    [Fact]
    public void Plan_ReasonOfSeveralWeights_IsToldOnce()
    {
        string source = Folder.Add(Newest, "net.mlpackage");
        string shown = Session.Display("Optimize-CoreMLModel $args[0] -MinimumSnr 20 -Include linear -WhatIf -WarningAction Ignore", source);
        Assert.Single(Regex.Matches(shown, "matches no -Include pattern"));
        Assert.Matches(@"(?m)^Reason \[1\]: matches no -Include pattern", shown);
        Assert.Matches(@"(?m)^conv1_weight_0 .*\(kept\).*\[1\]\s*$", shown);

        // One that a single weight has stands beside it.
        Assert.Matches(@"(?m)^fc2_weight_0 .* has 640 values", shown);
    }

    [Fact]
    public void Plan_ReasonsThatDifferInAnAmount_TellItsRange()
    {
        string source = Folder.Add(Newest, "net.mlpackage");
        string shown = Session.Display("ConvertTo-QuantizedModel $args[0] -MinimumElementCount 5000 -WhatIf -WarningAction Ignore", source);
        Assert.Matches(@"(?m)^Reason \[1\]: has \d+ to \d+ values; only weights with more than 5000", shown);
    }

    [Fact]
    public void Plan_IsAnObjectOfTheInformationStream()
    {
        string source = Folder.Add(Newest, "net.mlpackage");
        CommandRun run = Run(
            "ConvertTo-QuantizedModel $args[0] -WhatIf -InformationVariable told 6>$null; $told.MessageData.Plan; $told.Tags",
            source);
        Assert.Equal(2, run.Clean().Count);
        dynamic plan = run.Output[0].BaseObject;
        Assert.Equal(source, (string)plan.SourcePath);
        Assert.Equal("PSHOST", run.Output[1].BaseObject);
        Assert.DoesNotContain("Total:", Session.Display("ConvertTo-QuantizedModel $args[0] -WhatIf 6>$null", source));
    }

    [Theory]
    [InlineData("$WhatIfPreference = $true; ConvertTo-QuantizedModel $args[0]", true)]
    [InlineData("$WhatIfPreference = $true; ConvertTo-QuantizedModel $args[0] -WhatIf:$false", false)]
    [InlineData("function f { [CmdletBinding(SupportsShouldProcess)] param($Path) ConvertTo-QuantizedModel $Path }; f $args[0] -WhatIf", true)]
    [InlineData("ConvertTo-QuantizedModel $args[0]", false)]
    [InlineData("ConvertTo-QuantizedModel $args[0] -Confirm", false)]
    public void Plan_IsPrintedWithWhatIfOnly(string script, bool printed)
    {
        string source = Folder.Add(Newest, "net.mlpackage");
        Assert.Equal(printed, Session.Display(script, source).Contains("Total: "));
    }

    [Fact]
    public void PlanOfManyWeights_IsSummarized_AndCompleteWithVerbose()
    {
        string source = LargeNetwork.Write(Folder["many.mlmodel"], channels: 64, layers: 60);
        string[] names = Run("Get-CoreMLWeight $args[0]", source).Values("Name");
        Assert.True(names.Length > 40);

        string[] lines = Session.Display("ConvertTo-Fp16Model $args[0] -WhatIf", source).Split('\n');
        Assert.InRange(lines.Length, 20, 40);
        Assert.Contains(lines, line => Regex.IsMatch(line, @"^ *Weights +EncodingAfter +Before +After"));
        Assert.Contains(lines, line => Regex.IsMatch(line, $@"^ *{names.Length} +Float16 "));
        Assert.Contains(lines, line => line.StartsWith("The 20 largest weights", System.StringComparison.Ordinal));
        Assert.Equal(20, lines.Count(line => names.Contains(line.Split(' ')[0])));

        lines = Session.Display("ConvertTo-Fp16Model $args[0] -WhatIf -Verbose 4>$null", source).Split('\n');
        Assert.Equal(names.Length, lines.Count(line => names.Contains(line.Split(' ')[0])));
    }

    [Fact]
    public void PlanOnly_ReturnsThePlan_AndWritesNothing()
    {
        string source = Folder.Add(Newest, "net.mlpackage");
        string[] before = Folder.Entries();
        PSObject output = Run("ConvertTo-QuantizedModel $args[0] -PlanOnly", source).Clean().Single();
        Assert.Equal(before, Folder.Entries());
        dynamic plan = output.BaseObject;
        Assert.Equal((source, Folder["net_int8.mlpackage"], "MLProgram"), ((string)plan.SourcePath, (string)plan.DestinationPath, (string)plan.Format));
        dynamic result = Run("ConvertTo-QuantizedModel $args[0]", source).Clean().Single().BaseObject;
        Assert.Equal(((long)result.Before, (long)result.After, (int)result.Converted, (int)result.Skipped), ((long)plan.Before, (long)plan.After, (int)plan.Converted, (int)plan.Skipped));
        Assert.Equal(((string)result.RequiredOS, (double)result.Ratio), ((string)plan.RequiredOS, (double)plan.Ratio));
        Assert.Equal(
            Run("(ConvertTo-QuantizedModel $args[0] -Force).Weights | ForEach-Object { \"$($_.Name) $($_.Action) $($_.EncodingAfter) $($_.After) $($_.Reason)\" }", source).Clean().Select(line => line.ToString()),
            Run("(ConvertTo-QuantizedModel $args[0] -PlanOnly).Weights | ForEach-Object { \"$($_.Name) $($_.Action) $($_.EncodingAfter) $($_.After) $($_.Reason)\" }", source).Clean().Select(line => line.ToString()));
    }

    [Fact]
    public void UnchangedModel_TellsWhyToo()
    {
        string source = Folder.Add(Newest, "net.mlpackage");
        string shown = Session.Display("ConvertTo-QuantizedModel $args[0] -MinimumElementCount 1000000 -WhatIf", source);
        Assert.DoesNotContain("What if:", shown);
        Assert.Contains("only weights with more than 1000000", Regex.Replace(shown, @"\s+", " "));
        Assert.Contains("Note: nothing to convert", shown);
        Assert.Contains("Unchanged", shown);
    }
}
