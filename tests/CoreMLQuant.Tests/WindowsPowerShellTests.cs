using System.IO;
using System.Linq;
using CoreMLQuant.Tests.Support;
using Xunit;

namespace CoreMLQuant.Tests;

/// <summary>Windows PowerShell 5.1 as far as it can be tested without it: it parses every script.</summary>
public sealed class WindowsPowerShellTests
{
    public static TheoryData<string> Scripts => new(new[] { ".", "module", "docs/samples", "tests/pester" }
        .SelectMany(folder => Directory.EnumerateFiles(Path.Combine(Repository.Root, folder), "*.ps*1"))
        .Where(path => Path.GetExtension(path) is ".ps1" or ".psm1" or ".psd1")
        .Select(path => Path.GetRelativePath(Repository.Root, path)));

    [Theory]
    [MemberData(nameof(Scripts))]
    public void Script_HasNoSyntaxOfPowerShell7(string path) =>
        Assert.Empty(NewerSyntax.Find(File.ReadAllText(Path.Combine(Repository.Root, path))));

    [Theory]
    [InlineData("$a ? 1 : 2")]
    [InlineData("$a ?? 1")]
    [InlineData("$a ??= 1")]
    [InlineData("${a}?.Length")]
    [InlineData("${a}?[0]")]
    [InlineData("a && b")]
    [InlineData("a || b")]
    [InlineData("a &")]
    [InlineData("function f { clean { 1 } }")]
    [InlineData("0b101")]
    [InlineData("1u")]
    [InlineData("5ul")]
    [InlineData("\"`e[0m\"")]
    [InlineData("\"`u{41}\"")]
    [InlineData("\"$($a ?? 1)\"")]
    [InlineData("if (")]
    public void Find_FindsIt(string script) => Assert.NotEmpty(NewerSyntax.Find(script));

    [Theory]
    [InlineData("$a | Where-Object { $_.Length -gt 1kb } | ? { $_ }")]
    [InlineData("0xFF; 10L; 1.5d; 12mb; 1e3")]
    [InlineData("& $a; \"``e $a `\"\"; @(1)[0]")]
    public void Find_LeavesTheRestAlone(string script) => Assert.Empty(NewerSyntax.Find(script));
}
