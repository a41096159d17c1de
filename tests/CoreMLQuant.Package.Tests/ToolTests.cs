using System;
using System.IO;
using System.Linq;
using System.Text.Json;
using System.Text.RegularExpressions;
using CoreMLQuant.Package.Tests.Support;
using Xunit;

namespace CoreMLQuant.Package.Tests;

[Collection(nameof(InstalledTool))]
public sealed class ToolTests(InstalledTool tool)
{
    [Fact]
    public void Tool_ConvertsAModel()
    {
        string output = Directory.CreateTempSubdirectory("coremlquant-test-").FullName;
        try
        {
            Command run = Command.Run(tool.Program, [$"ConvertTo-Fp16Model '{Repository.Fixture("convnet_iOS15/fp32.mlpackage")}' -DestinationPath '{output}'"]);
            Assert.Equal((0, string.Empty), (run.ExitCode, run.Error));
            Assert.True(Directory.Exists(Path.Combine(output, "fp32_fp16.mlpackage")));
        }
        finally
        {
            Directory.Delete(output, recursive: true);
        }
    }

    [Fact]
    public void Tool_TakesTheModuleThatItWasPackedWith() =>
        Assert.Equal(tool.Manifest, Command.Run(tool.Program, ["-NoProfile", "(Get-Module CoreMLQuant -ListAvailable | Select-Object -First 1).Path"]).Succeeded().Output.Trim());

    [Fact]
    public void Tool_TellsItsVersion() =>
        Assert.StartsWith("CoreMLQuant " + new DirectoryInfo(Path.GetDirectoryName(tool.Manifest)!).Name, Command.Run(tool.Program, ["--version"]).Succeeded().Output);

    [Fact]
    public void Package_HoldsTheLicenceOfEveryPackageThatItShips()
    {
        string notices = tool.ReadEntry("THIRD-PARTY-NOTICES.txt");
        using JsonDocument dependencies = JsonDocument.Parse(tool.ReadEntry("CoreMLQuant.Shell.deps.json"));
        string[] shipped = [.. dependencies.RootElement.GetProperty("targets").EnumerateObject().SelectMany(target => target.Value.EnumerateObject())
            .Where(library => !library.Name.StartsWith("CoreMLQuant", StringComparison.Ordinal))
            .Where(library => new[] { "runtime", "runtimeTargets", "native" }.Any(kind => library.Value.TryGetProperty(kind, out _)))
            .Select(library => library.Name.Replace('/', ' '))];
        Assert.NotEmpty(shipped);
        Assert.All(shipped, package => Assert.Matches($@"(?m)^{Regex.Escape(package)} \(", notices));
        Assert.Contains("Permission is hereby granted, free of charge", notices);
        Assert.Contains("MICROSOFT .NET LIBRARY", notices);
    }

    [Fact]
    public void Package_HoldsBothLegs_WithImages_AndNoSystemThatPowerShellDoesNotRunOn()
    {
        string[] entries = [.. tool.PackageEntries()];
        Assert.All(
            new[] { "win-x64", "win-arm64", "linux-x64", "linux-arm64", "osx-arm64" },
            runtime => Assert.Contains(entries, entry => entry.EndsWith($"/module/bin/net10.0/{runtime}/CoreMLQuant.Engine.dll")));
        Assert.Contains(entries, entry => entry.EndsWith("/module/bin/net10.0/CoreMLQuant.dll"));
        Assert.Contains(entries, entry => entry.EndsWith("/module/bin/netstandard2.0/CoreMLQuant.dll"));
        Assert.DoesNotContain(entries, entry => entry.Contains("/runtimes/android") || entry.Contains("/runtimes/maccatalyst"));
    }
}
