using System;
using System.Collections.Generic;
using System.Linq;
using CoreMLQuant.Calibration.Collecting;
using CoreMLQuant.Running;
using CoreMLQuant.Runtime.Tests.Support;

namespace CoreMLQuant.Runtime.Tests.Calibration;

/// <summary>Random numbers as data: what they are is all that counts here.</summary>
internal static class DrawnSamples
{
    /// <summary>Samples of a model, the same every time.</summary>
    public static IEnumerable<RunSample> Of(RunFeatures features, int count) =>
        Repository.Runtime.DrawSamples(features, 1, count).Select((sample, i) => sample with { Name = $"sample {i}", IsRandom = false });

    /// <summary>Calibrates with them.</summary>
    public static Calibrator Calibrator(int count) => new(Repository.Runtime, new RunSettings(), features => Of(features, count));

    /// <summary>Calibrates with them, one of which has sums of products that are more than FP32 has, which only a run shows.</summary>
    public static Calibrator CalibratorWithOverflow(int count, int at) => CalibratorWith(float.MaxValue, count, at);

    /// <summary>Calibrates with them, one of which holds nothing but a certain value.</summary>
    public static Calibrator CalibratorWith(float value, int count, int at) => new(Repository.Runtime, new RunSettings(), features => Of(features, count).Select((sample, i) => i != at ? sample : sample with
    {
        Values = sample.Values.ToDictionary(input => input.Key, input => (object)new MultiArray(Enumerable.Repeat(value, ((MultiArray)input.Value).Values.Length).ToArray(), ((MultiArray)input.Value).Shape)),
    }));
}

/// <summary>Tells what a calibration reports.</summary>
/// <param name="report">Is told.</param>
internal sealed class Told(Action<CalibrationProgress> report) : IProgress<CalibrationProgress>
{
    public void Report(CalibrationProgress value) => report(value);
}
