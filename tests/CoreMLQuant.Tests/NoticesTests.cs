using System.IO;
using System.Linq;
using CoreMLQuant.Tests.Support;
using Xunit;

namespace CoreMLQuant.Tests;

/// <summary>What is shipped and not ours is named with its licence.</summary>
public sealed class NoticesTests
{
    private static readonly string Module = Path.Combine(Repository.Root, "module");

    private static readonly string Notices = File.ReadAllText(Path.Combine(Module, "THIRD-PARTY-NOTICES.txt"));

    public static TheoryData<string> Shipped => new(Directory
        .EnumerateFiles(Path.Combine(Module, "bin"), "*.dll", SearchOption.AllDirectories)
        .Select(Path.GetFileNameWithoutExtension)
        .OfType<string>()
        .Where(name => !name.StartsWith("CoreMLQuant", System.StringComparison.Ordinal))
        .Distinct());

    [Theory]
    [MemberData(nameof(Shipped))]
    public void Notices_NameEveryLibraryThatIsShipped(string name) => Assert.Matches($@"(?m)(^|, ){name}(,| \(|$)", Notices);

    [Theory]
    [InlineData("Copyright 2008 Google Inc.")]
    [InlineData("Neither the name of Google Inc.")]
    [InlineData("Copyright (c) .NET Foundation and Contributors")]
    [InlineData("The above copyright notice and this permission notice shall be included in all")]
    [InlineData("Antoine Aubry and contributors")]
    [InlineData("Copyright (c) 2014 OxyPlot contributors")]
    [InlineData("Apple Inc.")]
    [InlineData("mil-op-types.tsv")]
    public void Notices_HoldTheLicencesInFull(string text) => Assert.Contains(text, Notices);
}
