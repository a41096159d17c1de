using CoreMLQuant.Formatting;
using Xunit;

namespace CoreMLQuant.Tests.Formatting;

public class FiguresTests
{
    [Theory]
    [InlineData(null, "")]
    [InlineData(73.46, "73.5 dB")]
    [InlineData(-3.0, "-3.0 dB")]
    [InlineData(1234.5, "1234.5 dB")]
    [InlineData(1e9, "1E+9 dB")]
    [InlineData(-2.5e4, "-2.5E+4 dB")]
    [InlineData(double.PositiveInfinity, "exact")]
    [InlineData(double.NegativeInfinity, "-infinity dB")]
    public void Decibels_HaveNoMoreDigitsThanSaySomething(double? value, string expected) => Assert.Equal(expected, Figures.Decibels(value));
}
