using System.Linq;
using CoreMLQuant.Calibration;
using CoreMLQuant.Calibration.Collecting;
using CoreMLQuant.Models;
using CoreMLQuant.Tests.Conversion;
using Xunit;

namespace CoreMLQuant.Tests.Calibration;

public class StatisticsRemarksTests
{
    private const int Columns = 8;

    // The state of a recurrent layer begins with zeros in each sample, whatever the data.
    [Fact]
    public void Of_ZerosBesideInputsThatDiffer_AreANote()
    {
        CalibrationStatistics statistics = Of(Layer("input", i => i + 1), Layer("hidden", _ => 0));
        Assert.Empty(Remarks(statistics).Warnings());
        Assert.Equal(
            "1 weight ('hidden') met zeros alone in all samples, as that of a state does at the first step, and is compressed as without samples; samples with the states of later steps show more.",
            Assert.Single(Remarks(statistics).Notes()));
    }

    [Fact]
    public void Of_ZerosAlone_AreAWarning()
    {
        CalibrationStatistics statistics = Of(Layer("input", _ => 0), Layer("next", _ => 2));
        Assert.Contains("2 weights ('input', 'next') met the same input in all samples", Assert.Single(Remarks(statistics).Warnings()));
        Assert.Empty(Remarks(statistics).Notes());
    }

    [Fact]
    public void Of_OtherFiguresThanZeroThatNeverChange_AreAWarning() => Assert.Contains(
        "1 weight ('steady') met the same input", Assert.Single(Remarks(Of(Layer("input", i => i + 1), Layer("steady", _ => 3))).Warnings()));

    // Statistics are of all weights, and a recipe may cover some.
    [Fact]
    public void Of_WeightsThatAreNotMeant_AreNeitherNamedNorCounted()
    {
        CalibrationStatistics statistics = Of(Layer("input", i => i + 1), Layer("steady", _ => 3), Layer("other", _ => 2));
        var remarks = new StatisticsRemarks(statistics, compensates: true, weight => weight.Name == "other");
        Assert.Contains("1 weight ('other') met the same input", Assert.Single(remarks.Warnings()));
    }

    private static StatisticsRemarks Remarks(CalibrationStatistics statistics) => new(statistics, compensates: true, _ => true);

    private static CalibrationStatistics Of(params LayerStatistics[] layers) => new(string.Empty, [.. Enumerable.Range(0, 20).Select(i => $"{i}")], layers, []);

    private static LayerStatistics Layer(string name, System.Func<int, double> value) => SyntheticStatistics.Of(
        (new WeightKey(string.Empty, "main", name), [4, Columns], [1, Columns], 0),
        [Enumerable.Range(0, 20).Select(i => Enumerable.Repeat(value(i), Columns).ToArray()).ToArray()]);
}
