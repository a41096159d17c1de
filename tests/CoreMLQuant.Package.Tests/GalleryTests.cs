using System;
using System.IO;
using System.Linq;
using CoreMLQuant.Package.Tests.Support;
using Xunit;

namespace CoreMLQuant.Package.Tests;

/// <summary>The packages for the PowerShell Gallery, and the modules as a user installs them.</summary>
public sealed class GalleryTests(PublishedModules published) : IClassFixture<PublishedModules>
{
    private static readonly string Fixture = Repository.Fixture("convnet_iOS15/fp32.mlpackage");

    [Fact]
    public void Publish_WithWhatIf_SaysWhatItWouldPublish_AndPublishesNothing()
    {
        Assert.Contains("What if:", published.WhatIf.Output);
        Assert.Empty(published.PackagesAfterWhatIf);
    }

    [Fact]
    public void Publish_PublishesTheModuleAndItsRuntime()
    {
        string version = new DirectoryInfo(Directory.GetDirectories(Path.Combine(published.Modules, "CoreMLQuant")).Single()).Name;
        Assert.Equal([$"CoreMLQuant.{version}.nupkg", $"CoreMLQuant.Runtime.{version}.nupkg"], published.Packages);
    }

    [Fact]
    public void Package_HoldsTheModule_AndNothingElse()
    {
        string[] files = [.. published.FilesOf("CoreMLQuant")];
        Assert.All(
            files,
            file => Assert.Matches(@"^(CoreMLQuant\.psd1|README\.md|CHANGELOG\.md|LICENSE|en-US/[\w.-]+\.(xml|txt)|module/[\w.-]+\.(psm1|ps1xml|txt)|module/presets/[\w.-]+|module/bin/(net10\.0|netstandard2\.0)/[\w.-]+\.dll)$", file));
        string[] expected =
        [
            "README.md", "CHANGELOG.md", "LICENSE", "module/THIRD-PARTY-NOTICES.txt", "en-US/CoreMLQuant.dll-Help.xml", "en-US/about_CoreMLQuant.help.txt",
            "module/bin/net10.0/CoreMLQuant.dll", "module/bin/netstandard2.0/CoreMLQuant.dll",
        ];
        Assert.All(expected, file => Assert.Contains(file, files));

        string presets = Path.Combine(Repository.Root, "module", "presets");
        Assert.All(Directory.Exists(presets) ? Directory.GetFiles(presets) : [], preset => Assert.Contains("module/presets/" + Path.GetFileName(preset), files));
    }

    [Theory]
    [InlineData("CoreMLQuant")]
    [InlineData("CoreMLQuant.Runtime")]
    public void Manifest_ListsTheFilesAndTheReleaseNotes_AndNoAddressWhileThereIsNone(string module)
    {
        string folder = Directory.GetDirectories(Path.Combine(published.Modules, module)).Single();
        string[] lines = published.InPowerShell(
            $"$data = Import-PowerShellDataFile '{folder}/{module}.psd1'; $data.Author; [string]$data.PrivateData.PSData.ContainsKey('ProjectUri'); "
            + "[string]$data.PrivateData.PSData.ReleaseNotes.StartsWith('First version.'); [string]$data.ContainsKey('HelpInfoUri'); $data.FileList")
            .Succeeded().Output.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        Assert.Equal(["The CoreMLQuant authors", "False", "True", "False"], lines[..4]);
        Assert.Equal(published.FilesOf(module), lines[4..].Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Manifest_OfAProjectWithAnAddress_HasIt() => Assert.Contains($"ProjectUri = '{PublishedModules.ProjectUri}'", published.ManifestWithProjectUri);

    [Theory]
    [InlineData("")]
    [InlineData("netstandard2.0")]
    public void InstalledModule_IsLoadedByItsFirstCommand_AndConverts(string leg)
    {
        string output = Directory.CreateTempSubdirectory("coremlquant-test-").FullName;
        try
        {
            string[] lines = published.InPowerShell(
                $"(ConvertTo-Fp16Model '{Fixture}' -DestinationPath '{output}').Status; Split-Path (Split-Path (Split-Path (Get-Module CoreMLQuant).Path)); "
                + "@((Get-Help ConvertTo-Fp16Model).examples.example).Count -ge 4; (Get-Help about_CoreMLQuant_Choosing).Contains('Neural Engine'); $Error.Count", leg)
                .Succeeded().Output.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
            Assert.Equal(["Converted", Path.Combine(published.Modules, "CoreMLQuant"), "True", "True", "0"], lines);
            Assert.True(File.Exists(Path.Combine(output, "fp32_fp16.mlpackage", "Manifest.json")));
        }
        finally
        {
            Directory.Delete(output, recursive: true);
        }
    }

    [Fact]
    public void InstalledModule_RunsModelsWithItsRuntime() =>
        Assert.Equal("2", published.InPowerShell($"@(Invoke-CoreMLModel '{Fixture}' -RandomInput -Count 2).Count").Succeeded().Output.Trim());

    [Fact]
    public void Clone_CannotBePublishedByMistake()
    {
        string[] before = [.. published.Packages];
        Command run = published.InPowerShell($"Publish-PSResource -Path '{Repository.Root}/CoreMLQuant.psd1' -Repository {{repository}}");
        Assert.NotEqual(0, run.ExitCode);
        Assert.Contains("author", run.Error + run.Output);
        Assert.Equal(before, published.Packages);
    }
}
