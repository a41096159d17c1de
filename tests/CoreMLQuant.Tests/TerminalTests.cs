using System;
using System.Linq;
using System.Management.Automation;
using CoreMLQuant.Tests.Support;
using Xunit;

namespace CoreMLQuant.Tests;

/// <summary>Names from files never drive the terminal, wherever they are shown, and stay what they are in the data.</summary>
public sealed class TerminalTests : ModuleTest
{
    // Sets a window's title, rings, and turns the reading order around.
    private const string Hostile = "a\u001b]0;owned\u0007\u202Eb.mlmodel";

    [Theory]
    [InlineData("Get-CoreMLModel -LiteralPath $args[0]")]
    [InlineData("Get-CoreMLModel -LiteralPath $args[0] | Format-List")]
    [InlineData("Get-CoreMLWeight -LiteralPath $args[0]")]
    [InlineData("Get-CoreMLWeight -LiteralPath $args[0] | Format-List")]
    [InlineData("ConvertTo-Fp16Model -LiteralPath $args[0] -WarningAction Ignore")]
    [InlineData("ConvertTo-Fp16Model -LiteralPath $args[0] -WarningAction Ignore | Format-List")]
    public void View_NameWithEscapes_ShowsNoControls(string script)
    {
        if (OperatingSystem.IsWindows())
        {
            return; // It has no such names.
        }

        string model = Folder.Add(Workspace.Network, Hostile);
        string shown = Session.Display(script, model);
        Assert.Contains("owned", shown);
        Assert.DoesNotContain("\u001b]", shown);
        Assert.DoesNotContain('\u0007', shown);
        Assert.DoesNotContain('\u202E', shown);
    }

    [Fact]
    public void Error_NameWithEscapes_ShowsNoControlsAndKeepsTheTarget()
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        string text = Folder.AddText(Hostile, "no model");
        CommandRun run = Run("Get-CoreMLModel -LiteralPath $args[0] -Verbose", text);
        ErrorRecord error = run.Errors.Single();
        Assert.Contains("owned", error.ToString());
        Assert.DoesNotContain('\u001b', error.ToString());
        Assert.DoesNotContain('\u202E', error.CategoryInfo.TargetName);
        Assert.Equal(text, error.TargetObject);
    }
}
