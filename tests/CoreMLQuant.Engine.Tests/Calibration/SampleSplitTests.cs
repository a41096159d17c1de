using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using CoreMLQuant.Calibration.Collecting;
using CoreMLQuant.Running;
using Xunit;

namespace CoreMLQuant.Tests.Calibration;

/// <summary>Which samples calibrate, which measure, and which are held out.</summary>
public class SampleSplitTests
{
    [Theory]
    [InlineData(8, 4, 2, 2)]
    [InlineData(11, 6, 3, 2)]
    [InlineData(15, 8, 4, 3)]
    [InlineData(64, 32, 16, 16)]
    public void Of_EightSamplesOrMore_EachIsInOnePart(int count, int calibrating, int measured, int heldOut)
    {
        SampleSplit split = SplitOf(count);
        string[][] parts = [NamesOf(split.ReadCalibrating()), NamesOf(split.ReadMeasured()), NamesOf(split.ReadHeldOut())];
        Assert.Equal([calibrating, measured, heldOut], parts.Select(part => part.Length));
        Assert.Equal(split.All.Names.Order(), parts.SelectMany(part => part).Order());
        Assert.Equal(measured, split.MeasuredCount);
        Assert.Equal(split.NamesApart.Order(), parts[1].Concat(parts[2]).Order());
    }

    [Theory]
    [InlineData(2, 1)]
    [InlineData(3, 1)]
    [InlineData(4, 1)]
    [InlineData(7, 1)]
    public void Of_FewerSamples_AllThatAreNotHeldOutCalibrateAndMeasure(int count, int heldOut)
    {
        SampleSplit split = SplitOf(count);
        Assert.Equal(heldOut, split.ReadHeldOut().Count());
        Assert.Equal(count - heldOut, split.MeasuredCount);
        Assert.Equal(NamesOf(split.ReadMeasured()), NamesOf(split.ReadCalibrating()));
        Assert.Equal(split.NamesApart, NamesOf(split.ReadHeldOut()));
    }

    [Fact]
    public void Of_SamplesThatMeasureNoEncodings_AllThatAreNotHeldOutCalibrateAndMeasure()
    {
        SampleSplit split = SplitOf(16, measuresEncodings: false);
        Assert.Equal(4, split.ReadHeldOut().Count());
        Assert.Equal(12, split.MeasuredCount);
        Assert.Equal(NamesOf(split.ReadMeasured()), NamesOf(split.ReadCalibrating()));
    }

    [Theory]
    [InlineData(2, 8)]
    [InlineData(2, 24)]
    [InlineData(3, 24)]
    [InlineData(4, 20)]
    [InlineData(5, 64)]
    [InlineData(8, 64)]
    public void Of_KindsThatAlternate_AllAreInEachPart(int kinds, int count)
    {
        SampleSplit split = SplitOf(count);
        Assert.All(
            [split.ReadCalibrating(), split.ReadMeasured(), split.ReadHeldOut()],
            part => Assert.Equal(kinds, NamesOf(part).Select(name => int.Parse(name.Split(' ')[1], CultureInfo.InvariantCulture) % kinds).Distinct().Count()));
    }

    [Theory]
    [InlineData(3)]
    [InlineData(7)]
    [InlineData(16)]
    public void ReadSeen_IsWhatIsNotHeldOut(int count)
    {
        SampleSplit split = SplitOf(count);
        Assert.Equal(split.All.Names.Except(NamesOf(split.ReadHeldOut())), NamesOf(split.ReadSeen()));
    }

    private static SampleSplit SplitOf(int count, bool measuresEncodings = true) =>
        SampleSplit.Of(() => Enumerable.Range(0, count).Select(i => new RunSample($"sample {i}", new Dictionary<string, object>())), count: null, seed: 0, measuresEncodings);

    private static string[] NamesOf(IEnumerable<RunSample> samples) => samples.Select(sample => sample.Name).ToArray();
}
