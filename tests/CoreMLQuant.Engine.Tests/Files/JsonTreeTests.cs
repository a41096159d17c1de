using System;
using System.Collections.Generic;
using System.Linq;
using CoreMLQuant.Files;
using Xunit;

namespace CoreMLQuant.Tests.Files;

public sealed class JsonTreeTests
{
    [Fact]
    public void Parse_EveryKindOfValue_AreTheirPlainForms()
    {
        var tree = Assert.IsAssignableFrom<IReadOnlyDictionary<string, object?>>(JsonTree.Parse("""{"a": "x\u00e9\n", "b": [1, -2.5e3, true, false, null, {}], "": {"c": "d"}}"""));

        Assert.Equal(["a", "b", ""], tree.Keys);
        Assert.Equal("xé\n", tree["a"]);
        object?[] list = Assert.IsType<object?[]>(tree["b"]);
        Assert.Equal([1.0, -2500.0, true, false, null], list.Take(5));
        Assert.Empty(Assert.IsAssignableFrom<IReadOnlyDictionary<string, object?>>(list[5]));
        Assert.Equal("d", Assert.IsAssignableFrom<IReadOnlyDictionary<string, object?>>(tree[string.Empty])["c"]);
    }

    [Fact]
    public void Parse_TwoMembersOfOneName_LastCounts() =>
        Assert.Equal("2", Assert.IsAssignableFrom<IReadOnlyDictionary<string, object?>>(JsonTree.Parse("""{"a": "1", "a": "2"}"""))["a"]);

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("{'a': 1}")]
    [InlineData("{\"a\": 1,}")]
    [InlineData("[1 2]")]
    [InlineData("nothing")]
    [InlineData("[NaN]")]
    [InlineData("{} {}")]
    public void Parse_NotWellFormed_IsRefused(string text) => Assert.Throws<FormatException>(() => JsonTree.Parse(text));

    [Fact]
    public void Parse_NestedDeeply_IsRefused() =>
        Assert.Throws<FormatException>(() => JsonTree.Parse(new string('[', 100_000) + new string(']', 100_000)));

    [Fact]
    public void Parse_NestedAsMuchAsAllowed_IsRead() => Assert.IsType<object?[]>(JsonTree.Parse(new string('[', 30) + new string(']', 30)));
}
