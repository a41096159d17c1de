using System;
using System.Collections.Generic;
using System.Linq;
using CoreMLQuant.Models;
using CoreMLQuant.Planning;
using CoreMLQuant.Recipes;

namespace CoreMLQuant.Sensitivity.Budget;

/// <summary>What the ways of storing one weight cost at the outputs, as far as that has been measured or follows from it.</summary>
internal sealed class WeightWayCosts
{
    private readonly SensitivityCurve _curve;
    private readonly Dictionary<int, double> _measured = [];

    /// <summary>Chooses the ways to measure.</summary>
    /// <param name="weight">The weight with its ways; the first one is the data as it is.</param>
    /// <param name="replaceable">Where the weight can be replaced while the model runs; nothing where it cannot.</param>
    public WeightWayCosts(WeightAlternatives weight, IReadOnlyList<WeightSite> replaceable)
    {
        (Weight, Sites) = (weight, replaceable);
        _curve = new SensitivityCurve(weight.Alternatives.Skip(1).Select(LevelOf).ToArray());
        References = replaceable.Count > 0 && weight.Alternatives.All(way => way.LayerError is not { IsUnmet: true })
            ? Enumerable.Range(1, weight.Alternatives.Count - 1).Where(way => IsLossy(way) && _curve.IsReference(way - 1)).ToArray()
            : [];
    }

    /// <summary>The weight with its ways.</summary>
    public WeightAlternatives Weight { get; }

    /// <summary>Where the weight is replaced to measure it.</summary>
    public IReadOnlyList<WeightSite> Sites { get; }

    /// <summary>Numbers of the ways to measure.</summary>
    public IReadOnlyList<int> References { get; }

    /// <summary>Takes in what was measured.</summary>
    /// <param name="way">The way.</param>
    /// <param name="snr">Signal-to-noise ratio of the outputs, dB; <see langword="null"/> when they have none.</param>
    public void Add(int way, double? snr)
    {
        if (snr is { } ratio)
        {
            _measured.Add(way, ratio);
        }
    }

    /// <summary>The weight with the noise of each way. A way that makes the outputs anything but finite is none.</summary>
    public WeightAlternatives Result() => Weight with
    {
        Alternatives = Weight.Alternatives
            .Select((alternative, way) => alternative with { Distortion = NoiseOf(way) })
            .Where(alternative => !double.IsNaN(alternative.Distortion) && !double.IsInfinity(alternative.Distortion))
            .ToArray(),
    };

    // Of ways that the outputs do not tell apart, the errors of the values decide.
    private double NoiseOf(int way)
    {
        Alternative alternative = Weight.Alternatives[way];
        double ofValues = alternative.Distortion / Math.Max(alternative.Error.Count, 1);
        return !IsLossy(way) ? 0
            : _measured.TryGetValue(way, out double measured) ? Math.Max(Noise(measured), NoiseFloor.Power * ofValues)
            : IsReference(way) || !_curve.ReferencesOf(way - 1).All(reference => _measured.ContainsKey(reference + 1)) ? ofValues
            : Math.Max(Noise(_curve.Estimate(way - 1, reference => _measured[reference + 1])!.Value), NoiseFloor.Power * ofValues);
    }

    private bool IsReference(int way) => _curve.IsReference(way - 1);

    private bool IsLossy(int way) => way > 0 && Weight.Alternatives[way].Error.NoiseEnergy > 0;

    private static double Noise(double snr) => Math.Pow(10, -snr / 10);

    private static ErrorLevel LevelOf(Alternative way) => new(
        way.Recipe switch
        {
            LinearQuantizationRecipe => WeightEncoding.Linear,
            PalettizationRecipe => WeightEncoding.Palettized,
            _ => WeightEncoding.Sparse,
        },
        way.LayerError?.Snr,
        way.Error.Snr);
}
