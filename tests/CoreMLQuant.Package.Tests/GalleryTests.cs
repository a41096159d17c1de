using System;
using System.IO;
using System.Linq;
using System.Reflection.PortableExecutable;
using System.Runtime.InteropServices;
using CoreMLQuant.Package.Tests.Support;
using Xunit;

namespace CoreMLQuant.Package.Tests;

/// <summary>The packages for the PowerShell Gallery, and the modules as a user installs them.</summary>
/// <remarks>Not beside the tests of the tool: both packages compile the same images, and the second one finds them done.</remarks>
[Collection(nameof(InstalledTool))]
public sealed class GalleryTests(PublishedModules published) : IClassFixture<PublishedModules>
{
    // What an image for a system other than Windows has its machine combined with; source: the runtime's documentation of the ReadyToRun format.
    private const int LinuxImage = 0x7B79, AppleImage = 0x4644;

    private static readonly string Fixture = Repository.Fixture("convnet_iOS15/fp32.mlpackage");

    private static readonly string[] Compiled = ["CoreMLQuant.Engine.dll", "CoreMLQuant.Onnx.dll", "CoreMLQuant.Runtime.dll", "CoreMLQuant.dll", "Google.Protobuf.dll"];

    private static readonly string OwnRuntime =
        $"{(OperatingSystem.IsWindows() ? "win" : OperatingSystem.IsMacOS() ? "osx" : "linux")}-{RuntimeInformation.ProcessArchitecture.ToString().ToLowerInvariant()}";

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
            file => Assert.Matches(@"^(CoreMLQuant\.psd1|README\.md|CHANGELOG\.md|LICENSE|en-US/[\w.-]+\.(xml|txt)|module/[\w.-]+\.(psm1|ps1xml|txt)|module/presets/[\w.-]+|module/bin/(net10\.0|net10\.0/(win|linux|osx)-(x64|arm64)|netstandard2\.0)/[\w.-]+\.dll)$", file));
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
    [InlineData("win-x64", Machine.Amd64, 0)]
    [InlineData("win-arm64", Machine.Arm64, 0)]
    [InlineData("linux-x64", Machine.Amd64, LinuxImage)]
    [InlineData("linux-arm64", Machine.Arm64, LinuxImage)]
    [InlineData("osx-arm64", Machine.Arm64, AppleImage)]
    public void Package_HoldsAnImageForEachSystem(string runtime, Machine machine, int system)
    {
        string[] files = [.. published.FilesOf("CoreMLQuant").Where(file => file.StartsWith($"module/bin/net10.0/{runtime}/", StringComparison.Ordinal))];
        Assert.Equal(Compiled, files.Select(Path.GetFileName));
        Assert.All(files, file =>
        {
            using PEReader image = published.Assembly("CoreMLQuant", file);
            Assert.NotEqual(0, image.PEHeaders.CorHeader!.ManagedNativeHeaderDirectory.Size);
            Assert.Equal((int)machine ^ system, (ushort)image.PEHeaders.CoffHeader.Machine);
        });
    }

    [Fact]
    public void Package_HoldsTheIlOfEveryImage() => Assert.All(Compiled, file =>
    {
        using PEReader il = published.Assembly("CoreMLQuant", "module/bin/net10.0/" + file);
        Assert.Equal(0, il.PEHeaders.CorHeader!.ManagedNativeHeaderDirectory.Size);
    });

    [Fact]
    public void InstalledModule_TakesTheImagesOfItsSystem() =>
        Assert.All(LocationsAfterUse(published.Modules), location => Assert.Equal(OwnRuntime, Path.GetFileName(Path.GetDirectoryName(location))));

    [Fact]
    public void InstalledModule_OnASystemWithoutImages_RunsTheIl()
    {
        string modules = Directory.CreateTempSubdirectory("coremlquant-test-").FullName;
        try
        {
            foreach (string file in published.FilesOf("CoreMLQuant").Where(file => !file.Contains($"/{OwnRuntime}/", StringComparison.Ordinal)))
            {
                string copy = Path.Combine(modules, "CoreMLQuant", file);
                Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
                File.WriteAllBytes(copy, published.ReadBytes("CoreMLQuant", file));
            }

            Assert.All(LocationsAfterUse(modules), location => Assert.Equal("net10.0", Path.GetFileName(Path.GetDirectoryName(location))));
        }
        finally
        {
            Directory.Delete(modules, recursive: true);
        }
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

    // Where those assemblies come from that are compiled for each system, once a model has been converted to ONNX, which takes all but the runtime.
    private string[] LocationsAfterUse(string modules)
    {
        string output = Directory.CreateTempSubdirectory("coremlquant-test-").FullName;
        try
        {
            string[] lines = published.InPowerShell(
                $"$null = ConvertTo-OnnxModel '{Fixture}' -DestinationPath '{output}'; [AppDomain]::CurrentDomain.GetAssemblies().Location -match '[\\\\/](CoreMLQuant|CoreMLQuant[.](Engine|Onnx)|Google[.]Protobuf)[.]dll$'",
                modules: modules)
                .Succeeded().Output.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
            Assert.Equal(Compiled.Where(file => file != "CoreMLQuant.Runtime.dll"), lines.Select(Path.GetFileName).Order(StringComparer.Ordinal));
            return lines;
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
