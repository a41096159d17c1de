using System;
using System.IO;
using System.Linq;
using System.Management.Automation;
using System.Runtime.Loader;
using CoreMLQuant.Tests.Support;
using Xunit;

namespace CoreMLQuant.Tests;

public sealed class ImportTests : ModuleTest
{
    private static readonly string[] Cmdlets =
    [
        "Compare-CoreMLModel", "ConvertTo-CoreMLPackage", "ConvertTo-Fp16Model", "ConvertTo-OnnxModel", "ConvertTo-PalettizedModel", "ConvertTo-PrunedModel", "ConvertTo-QuantizedModel",
        "Edit-CoreMLModel", "Expand-CoreMLModel", "Export-CoreMLReport", "Get-CoreMLModel", "Get-CoreMLProgram", "Get-CoreMLWeight", "Invoke-CoreMLModel", "Join-CoreMLModel", "Measure-CoreMLSensitivity", "Optimize-CoreMLModel",
        "Split-CoreMLModel", "Test-CoreMLModel",
    ];

    [Fact]
    public void Import_LeavesErrorEmpty() => Assert.Equal(0, Run("$Error.Count").Clean().Single().BaseObject);

    [Fact]
    public void Import_WritesNothing() => Assert.Equal(string.Empty, Session.Host.Screen.Text);

    [Fact]
    public void Import_ExportsExactlyWhatTheManifestLists()
    {
        Assert.Equal(Cmdlets, Run("Get-Command -Module CoreMLQuant").Values("Name").Order());
        Assert.Equal(Cmdlets, Run("(Test-ModuleManifest $args[0]).ExportedCmdlets.Keys", Repository.Manifest).Clean().Select(name => name.ToString()).Order());
    }

    [Fact]
    public void Import_ThreeTimesForced_KeepsCmdletsAndOneModule()
    {
        Run("1..3 | ForEach-Object { Import-Module $args[0] -Force }".Replace("$args[0]", $"'{Repository.Manifest}'")).Clean();
        Assert.Equal(Cmdlets, Run("Get-Command -Module CoreMLQuant").Values("Name").Order());
        Assert.Equal(["CoreMLQuant"], Run("Get-Module CoreMLQuant*").Values("Name"));
        Assert.Equal(0, Run("$Error.Count").Clean().Single().BaseObject);
    }

    [Fact]
    public void Remove_TakesTheCmdletsAway()
    {
        Run("Remove-Module CoreMLQuant").Clean();
        Assert.Empty(Run("Get-Command Get-CoreMLModel -ErrorAction Ignore").Output);
        Assert.Empty(Run("Get-Module CoreMLQuant*").Output);
    }

    [Fact]
    public void TypeLiterals_OfTheEngine_Resolve() =>
        Assert.Equal("CoreMLQuant.Models.CoreMLModel", Run("[CoreMLQuant.Models.CoreMLModel].FullName").Clean().Single().BaseObject);

    [Fact]
    public void Assemblies_LiveInAContextOfTheirOwn()
    {
        var type = (Type)Run("(Get-Command Get-CoreMLModel).ImplementingType").Clean().Single().BaseObject;
        Assert.Equal("CoreMLQuant", AssemblyLoadContext.GetLoadContext(type.Assembly)?.Name);
        Assert.Contains(Path.Combine("module", "bin", "net10.0"), type.Assembly.Location);
    }

    [Fact]
    public void Assemblies_OfTwoSessions_AreTheSame()
    {
        using var other = new ModuleSession();
        const string Script = "[CoreMLQuant.Models.CoreMLModel]";
        Assert.Same(Run(Script).Clean().Single().BaseObject, other.Run(Script).Clean().Single().BaseObject);
    }

    [Fact]
    public void Import_OfAModuleThatIsNotBuilt_SaysSo()
    {
        File.Copy(Repository.Manifest, Folder["CoreMLQuant.psd1"]);
        Directory.CreateDirectory(Folder["module"]);
        foreach (string file in Directory.EnumerateFiles(Path.Combine(Repository.Root, "module")))
        {
            File.Copy(file, Path.Combine(Folder["module"], Path.GetFileName(file)));
        }

        using var session = new ModuleSession(manifest: null);
        CommandRun run = session.Run("Import-Module $args[0]", Folder["CoreMLQuant.psd1"]);
        ErrorRecord error = run.Terminating ?? run.Errors[0];
        Assert.Contains("dotnet build", error.ToString());
    }

    [Theory]
    [InlineData("Get-CoreMLModel")]
    [InlineData("Get-CoreMLWeight")]
    [InlineData("ConvertTo-Fp16Model")]
    [InlineData("ConvertTo-QuantizedModel")]
    [InlineData("ConvertTo-PalettizedModel")]
    [InlineData("ConvertTo-PrunedModel")]
    [InlineData("Optimize-CoreMLModel")]
    [InlineData("Export-CoreMLReport")]
    [InlineData("Test-CoreMLModel")]
    public void Cmdlet_FollowsTheModulesRules(string name)
    {
        var command = (CmdletInfo)Run("Get-Command $args[0]", name).Clean().Single().BaseObject;
        Assert.True(command.ImplementingType.IsSealed);
        Assert.NotEmpty(command.OutputType);
        Assert.Equal("Path", command.DefaultParameterSet);
        Assert.Contains("PSPath", command.Parameters["LiteralPath"].Aliases);
        Assert.Contains("LP", command.Parameters["LiteralPath"].Aliases);
        Assert.Equal(!name.StartsWith("Get-", StringComparison.Ordinal) && !name.StartsWith("Test-", StringComparison.Ordinal), command.Parameters.ContainsKey("WhatIf"));
    }

    [Theory]
    [InlineData("Get-CoreMLModel", "[-Recurse]")]
    [InlineData("Get-CoreMLWeight", "[-MinimumElementCount <long>]")]
    [InlineData("ConvertTo-Fp16Model", "[-InputOutputPrecision")]
    [InlineData("ConvertTo-QuantizedModel", "[-BlockSize <int[]>]")]
    [InlineData("ConvertTo-PalettizedModel", "[-BitWidth <int>]")]
    [InlineData("ConvertTo-PrunedModel", "[-NonZeroRatio <NonZeroRatio>]")]
    [InlineData("Optimize-CoreMLModel", "[-TargetSize <long>]")]
    [InlineData("Export-CoreMLReport", "-Comparison <ModelComparison>")]
    [InlineData("Test-CoreMLModel", "[-Detailed]")]
    public void Help_ShowsTheSyntax(string name, string syntax)
    {
        Assert.Contains(syntax, Session.Display("Get-Help $args[0]", name));
        Assert.Contains(syntax, Session.Display("& $args[0] -?", name));
        Assert.Contains("-LiteralPath", Session.Display("Get-Help $args[0] -Full", name));
        Assert.Contains("-Path", Session.Display("Get-Help $args[0] -Parameter Path", name));
        Assert.Equal(0, Run("$Error.Count").Clean().Single().BaseObject);
    }

    [Fact]
    public void Sources_AreAscii()
    {
        // Windows PowerShell reads a file without a byte order mark in the machine's own code page.
        string[] sources = Directory.GetFiles(Path.Combine(Repository.Root, "module")).Append(Repository.Manifest)
            .Concat(Directory.GetFiles(Path.Combine(Repository.Root, "tests", "pester")))
            .Append(Path.Combine(Repository.Root, "build.ps1")).ToArray();
        Assert.All(sources, source => Assert.DoesNotContain(File.ReadAllText(source), character => character > 127));
    }
}
