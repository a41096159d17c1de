using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Globalization;
using System.Linq;
using System.Threading;
using CoreMLQuant.Models;
using CoreMLQuant.Onnx;
using CoreMLQuant.Running;
using CoreMLQuant.Runtime.Sessions;
using Microsoft.ML.OnnxRuntime;

namespace CoreMLQuant.Benchmarks;

/// <summary>What a run of a model costs beyond ONNX Runtime's run of the same graph with the same options. The two take turns, so that what else the machine does meets both.</summary>
internal static class RunOverhead
{
    private const int Warmups = 5;

    /// <summary>Measures and tells medians.</summary>
    /// <param name="path">Full path of a model without states.</param>
    /// <param name="times">Runs of each.</param>
    public static void Measure(string path, int times)
    {
        var settings = new RunSettings();
        using IRunnableModel model = OpeningForRunning.Runtime.Open(path, settings);
        using ModelFile file = ModelFile.Open(path);
        OnnxTranslation translation = OnnxTranslator.Translate(file);
        using var weights = new WeightMemory();
        using SessionOptions options = SessionFactory.Options(translation, settings);
        options.AddSessionConfigEntry("session.model_external_initializers_file_folder_path", translation.WeightFolder);
        weights.Decode(translation.DecodedWeights, CancellationToken.None);
        weights.Give(options, isShared: false);
        using var session = new InferenceSession(translation.ToBytes(), options);

        RunSample sample = OpeningForRunning.Runtime.DrawSamples(model.Features, seed: 1, count: 1).Single();
        OnnxFeature[] inputs = translation.Inputs.ToArray();
        OrtValue[] tensors = inputs.Select(input => Tensor(input, (MultiArray)sample.Values[input.Name])).ToArray();
        string[] names = inputs.Select(input => input.TensorName).ToArray();
        using var run = new RunOptions();
        var ours = new List<double>();
        var theirs = new List<double>();
        for (int i = 0; i < Warmups + times; i++)
        {
            double one = Time(() => model.Run(sample)), other = Time(() => session.Run(run, names, tensors, session.OutputNames).Dispose());
            if (i >= Warmups)
            {
                ours.Add(one);
                theirs.Add(other);
            }
        }

        Array.ForEach(tensors, tensor => tensor.Dispose());
        (double median, double plain) = (Median(ours), Median(theirs));
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{median:F3} ms a sample, {plain:F3} ms in ONNX Runtime alone: {100 * (median - plain) / plain:F1} % more (medians of {times}; least {ours.Min():F3} and {theirs.Min():F3})"));
    }

    private static OrtValue Tensor(OnnxFeature input, MultiArray value) =>
        Runtime.Sessions.Tensors.From(value, input.TensorType, TensorShape.Of(value.Shape, input.Shape));

    private static double Time(Action action)
    {
        long start = Stopwatch.GetTimestamp();
        action();
        return Stopwatch.GetElapsedTime(start).TotalMilliseconds;
    }

    private static double Median(IEnumerable<double> values)
    {
        double[] sorted = values.Order().ToArray();
        return sorted[sorted.Length / 2];
    }
}
