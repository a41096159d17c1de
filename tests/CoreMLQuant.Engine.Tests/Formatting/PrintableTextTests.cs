using CoreMLQuant.Formatting;
using Xunit;

namespace CoreMLQuant.Tests.Formatting;

public class PrintableTextTests
{
    [Theory]
    [InlineData("conv_1", "conv_1")]
    [InlineData("\u001b[31mred\u0007", "\uFFFD[31mred\uFFFD")]
    [InlineData("a\u009b2Jb", "a\uFFFD2Jb")]
    [InlineData("a\u202Egpj.exe\u2066", "a\uFFFDgpj.exe\uFFFD")]
    [InlineData("one\r\ntwo\tthree", "one\r\ntwo\tthree")]
    [InlineData("shown\rhidden", "shown\uFFFDhidden")]
    [InlineData("Größe 模型 \U0001F600", "Größe 模型 \U0001F600")]
    [InlineData(null, "")]
    public void Of_Text_LosesOnlyControls(string? text, string shown) => Assert.Equal(shown, PrintableText.Of(text));
}
