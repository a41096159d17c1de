using System.IO;
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
    public void Package_HoldsBothLegs_AndNoSystemThatPowerShellDoesNotRunOn()
    {
        string[] entries = [.. tool.PackageEntries()];
        Assert.Contains(entries, entry => entry.EndsWith("/module/bin/net10.0/CoreMLQuant.dll"));
        Assert.Contains(entries, entry => entry.EndsWith("/module/bin/netstandard2.0/CoreMLQuant.dll"));
        Assert.DoesNotContain(entries, entry => entry.Contains("/runtimes/android") || entry.Contains("/runtimes/maccatalyst"));
    }
}
