using System;
using System.Collections.Generic;
using System.Linq;
using CoreMLQuant.Running;
using CoreMLQuant.Tensors;

namespace CoreMLQuant.Comparison.Outputs;

/// <summary>Adds up how far one output is from its counterpart, sample by sample.</summary>
internal sealed class OutputMeter(string name, string type)
{
    // A probability of zero would make the divergence infinite for a class that hardly matters.
    private const double SmallestProbability = 1e-12;
    private const int BestClasses = 5;

    private readonly DifferenceMeter _total = new();
    private readonly List<SampleComparison> _samples = [];
    private readonly List<(double Signal, double Noise)> _energies = [];
    private readonly List<double> _divergences = [];
    private int _inBestClasses;

    /// <summary>Adds the output of a sample; gives the reason when the two cannot be compared.</summary>
    public string? Add(RunSample sample, object reference, object difference)
    {
        var result = new SampleComparison { Sample = sample.Name, ImagePath = sample.Images.FirstOrDefault()?.Path ?? string.Empty };
        if (Values(reference) is { } before && Values(difference) is { } after)
        {
            if (before.Length != after.Length)
            {
                return $"'{name}' has {before.Length} values in one model and {after.Length} in the other.";
            }

            var meter = new DifferenceMeter();
            meter.Add(before, after);
            _total.Add(meter);
            _energies.Add((meter.Signal, meter.Noise));
            result = result with { Snr = ErrorFigures.Decibel(meter.Signal, meter.Noise), MaxError = meter.MaxAbsoluteError };
        }

        if (reference is ClassProbabilities classes && difference is ClassProbabilities others)
        {
            result = Labeled(result, classes, others);
        }
        else if (Label(reference) is { } label && Label(difference) is { } other)
        {
            result = result with { ReferenceLabel = label, DifferenceLabel = other };
        }

        _samples.Add(result);
        return null;
    }

    /// <summary>The figures of all samples.</summary>
    public OutputComparison Result()
    {
        bool hasValues = _total.Count > 0, hasLabels = _samples.Exists(sample => sample.IsSameLabel is not null);
        double[] ratios = _samples.Where(sample => sample.Snr is not null).Select(sample => sample.Snr!.Value).OrderBy(snr => snr).ToArray();
        double norms = _total.Signal * _total.Other;
        return new OutputComparison
        {
            Name = name,
            Type = type,
            ElementCount = _total.Count,
            Snr = hasValues ? ErrorFigures.Decibel(_total.Signal, _total.Noise) : null,
            SnrLowerLimit = ConfidenceLimits.OfRatio(_energies),
            Psnr = hasValues ? ErrorFigures.Decibel((double)_total.Peak * _total.Peak * (_total.Count - _total.ReferenceNonFinite), _total.Noise) : null,
            RelativeL2 = !hasValues ? null : _total.Noise == 0 ? 0 : Math.Sqrt(_total.Noise / _total.Signal),
            MaxError = hasValues ? _total.MaxAbsoluteError : null,
            Cosine = norms > 0 && !double.IsInfinity(_total.Noise) ? Math.Max(-1, Math.Min(1, _total.Dot / Math.Sqrt(norms))) : null,
            MedianSnr = ratios.Length > 0 ? ratios[(ratios.Length - 1) / 2] : null,
            WorstSnr = ratios.Length > 0 ? ratios[0] : null,
            WorstSample = ratios.Length > 0 && !double.IsPositiveInfinity(ratios[0]) ? _samples.First(sample => sample.Snr == ratios[0]).Sample : string.Empty,
            Top1Agreement = hasLabels ? _samples.Average(sample => sample.IsSameLabel == true ? 1.0 : 0) : null,
            Top1AgreementLowerLimit = hasLabels ? ConfidenceLimits.OfShare(_samples.Count(sample => sample.IsSameLabel == true), _samples.Count) : null,
            Top5Agreement = _divergences.Count > 0 ? (double)_inBestClasses / _samples.Count : null,
            KullbackLeibler = _divergences.Count > 0 ? _divergences.Average() : null,
            Samples = _samples.ToArray(),
        };
    }

    private SampleComparison Labeled(SampleComparison result, ClassProbabilities classes, ClassProbabilities others)
    {
        string best = classes.Top(1)[0].Label, otherBest = others.Top(1)[0].Label;
        _inBestClasses += classes.Top(BestClasses).Any(item => item.Label == otherBest) ? 1 : 0;
        double[] before = classes.Values, after = others.Values;
        double divergence = 0;
        for (int i = 0; i < before.Length; i++)
        {
            divergence += before[i] > 0 ? before[i] * Math.Log(before[i] / Math.Max(after[i], SmallestProbability)) : 0;
        }

        _divergences.Add(divergence);
        return result with { ReferenceLabel = best, DifferenceLabel = otherBest };
    }

    private static string? Label(object value) => value switch
    {
        string text => text,
        long number => number.ToString(System.Globalization.CultureInfo.InvariantCulture),
        _ => null,
    };

    private static float[]? Values(object value) => value switch
    {
        MultiArray { Values: float[] same } => same,
        MultiArray { Values: not string[] } array => array.Values.Cast<object>().Select(item => Convert.ToSingle(item, System.Globalization.CultureInfo.InvariantCulture)).ToArray(),
        ClassProbabilities classes => Array.ConvertAll(classes.Values, item => (float)item),
        double number => [(float)number],
        _ => null,
    };
}
