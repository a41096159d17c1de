using CoreMLQuant.Recipes;
using Xunit;

namespace CoreMLQuant.Tests.Recipes;

public class NamePatternTests
{
    [Theory]
    [InlineData("conv*", "conv_transpose", true)]
    [InlineData("conv*", "my_conv", false)]
    [InlineData("CONV", "conv", true)]
    [InlineData("layer.?", "layer.1", true)]
    [InlineData("layer.?", "layerx1", false)]
    [InlineData("w[0-3]", "w2", true)]
    [InlineData("w[0-3]", "w7", false)]
    [InlineData("a`*b", "a*b", true)]
    [InlineData("a`*b", "axb", false)]
    [InlineData("[", "[", true)]
    [InlineData("re:^layers\\.\\d+$", "layers.12", true)]
    [InlineData("re:attn", "block_attn_3", true)]
    [InlineData("re:^attn", "block_attn_3", false)]
    public void IsMatch_FollowsWildcardAndRegexRules(string pattern, string name, bool expected) =>
        Assert.Equal(expected, new NamePattern(pattern).IsMatch(name));

    [Theory]
    [InlineData("a*", "a*", true)]
    [InlineData("a*", "ab", false)]
    [InlineData("re:w", "re:w", true)]
    [InlineData("W", "w", false)]
    [InlineData("w", "w\n", false)]
    [InlineData(" ", " ", true)]
    public void Exact_AnyName_MatchesItAlone(string text, string name, bool expected) => Assert.Equal(expected, NamePattern.Exact(text).IsMatch(name));

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData("re:(")]
    public void Create_InvalidPattern_IsRefused(string pattern) => Assert.Throws<PatternException>(() => new NamePattern(pattern));

    [Fact]
    public void IsMatch_CatastrophicRegex_IsStopped() =>
        Assert.Throws<PatternException>(() => new NamePattern("re:^(a+)+$").IsMatch(new string('a', 40) + "b"));
}
