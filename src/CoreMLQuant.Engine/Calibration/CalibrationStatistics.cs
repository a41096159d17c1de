using System;
using System.Collections.Generic;
using System.Linq;
using CoreMLQuant.Models;

namespace CoreMLQuant.Calibration;

/// <summary>What calibration found out about a model: what its weights and its values met while samples ran through it.</summary>
public sealed class CalibrationStatistics : IDisposable
{
    private readonly Dictionary<WeightKey, LayerStatistics> _layers;
    private readonly Dictionary<string, ActivationStatistics> _activations;
    private readonly Lazy<string> _digest;

    /// <summary>Collects figures.</summary>
    /// <param name="modelDigest">Digest of the model that they are of, in hexadecimal digits.</param>
    /// <param name="samples">Names of the samples, in their order.</param>
    /// <param name="layers">Figures of weights.</param>
    /// <param name="activations">Figures of values.</param>
    /// <exception cref="ArgumentException">A weight or a value is there twice.</exception>
    public CalibrationStatistics(
        string modelDigest, IReadOnlyList<string> samples, IEnumerable<LayerStatistics> layers, IEnumerable<ActivationStatistics> activations)
    {
        ModelDigest = modelDigest;
        Samples = samples;
        _layers = layers.ToDictionary(layer => layer.Weight);
        _activations = activations.ToDictionary(activation => activation.Name, StringComparer.Ordinal);
        _digest = new Lazy<string>(() => StatisticsDigest.Of(this));
    }

    /// <summary>Digest of the model that they are of, in hexadecimal digits.</summary>
    public string ModelDigest { get; }

    /// <summary>Digest of the statistics themselves, in hexadecimal digits: conversions that went by the same figures have the same.</summary>
    public string Digest => _digest.Value;

    /// <summary>Names of the samples, in their order.</summary>
    public IReadOnlyList<string> Samples { get; }

    /// <summary>Figures of weights.</summary>
    public IReadOnlyCollection<LayerStatistics> Layers => _layers.Values;

    /// <summary>Figures of values.</summary>
    public IReadOnlyCollection<ActivationStatistics> Activations => _activations.Values;

    /// <summary>Names of values that were asked for and that no sample showed: those inside of branches and loops, and of functions that are not run.</summary>
    public IReadOnlyCollection<string> UnseenValues { get; init; } = [];

    /// <summary>What holds the figures that are in temporary files; <see langword="null"/> when all are in memory.</summary>
    internal IDisposable? Parked { get; init; }

    /// <summary>The figures of a weight; <see langword="null"/> when there are none.</summary>
    public LayerStatistics? Of(WeightKey weight) => _layers.TryGetValue(weight, out LayerStatistics? found) ? found : null;

    /// <summary>The figures of a value; <see langword="null"/> when there are none.</summary>
    public ActivationStatistics? Of(string value) => _activations.TryGetValue(value, out ActivationStatistics? found) ? found : null;

    /// <summary>Frees temporary files: Gram matrices that were there cannot be read any more.</summary>
    public void Dispose() => Parked?.Dispose();
}
