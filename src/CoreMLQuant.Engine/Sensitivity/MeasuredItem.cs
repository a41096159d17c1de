using System;
using System.Collections.Generic;
using System.Linq;
using CoreMLQuant.Comparison.Outputs;
using CoreMLQuant.Conversion;
using CoreMLQuant.Models;
using CoreMLQuant.Recipes;
using CoreMLQuant.Running;

namespace CoreMLQuant.Sensitivity;

/// <summary>Weights that are compressed together by one recipe while all others stay, and what comes out.</summary>
/// <param name="name">What they are called.</param>
/// <param name="sites">The weights, in the order of the model.</param>
/// <param name="order">Place of the first in the order of the model.</param>
/// <param name="variant">What they become.</param>
/// <param name="recipe">The recipe that a model could be compressed with in the same way; <see langword="null"/> when nobody wants to.</param>
internal sealed class MeasuredItem(string name, IReadOnlyList<WeightSite> sites, int order, CompressedVariant variant, CompressionRecipe? recipe = null)
{
    private readonly WeightKey[] _keys = sites.Select(WeightKey.Of).ToArray();
    private readonly OutputMeters _meters = new();
    private int _samples;

    /// <summary>What they are called.</summary>
    public string Name => name;

    /// <summary>Place of the first weight in the order of the model.</summary>
    public int Order => order;

    /// <summary>How large the error is; <see langword="null"/> of several weights.</summary>
    public ErrorLevel? Level { get; } = sites.Count == 1 ? variant.LevelOf(WeightKey.Of(sites[0])) : null;

    /// <summary>Names of the weights.</summary>
    public IReadOnlyCollection<string> WeightNames { get; } = sites.Select(site => site.Name).Distinct(StringComparer.Ordinal).ToArray();

    /// <summary>Runs a sample with the weights compressed, and puts them back.</summary>
    public void Run(IRunnableModel model, RunSample sample, ModelRun reference, System.Threading.CancellationToken cancellationToken)
    {
        foreach (WeightKey key in _keys)
        {
            model.ReplaceWeight(key.Name, variant.Decode(key));
        }

        try
        {
            _meters.Add(sample, reference.Outputs, model.Run(sample, cancellationToken).Outputs);
            _samples++;
        }
        finally
        {
            Array.ForEach(_keys, key => model.ReplaceWeight(key.Name, null));
        }
    }

    /// <summary>What was measured.</summary>
    /// <param name="isExact">Whether all samples have been run.</param>
    public WeightSensitivity Result(bool isExact)
    {
        IReadOnlyList<OutputComparison> outputs = _meters.Results();
        WeightSensitivity known = Known(isExact, _samples);

        // That no error comes out says nothing then of samples with other inputs; it is no figure to choose an encoding by.
        return Array.TrueForAll(_keys, key => variant.Results[key].LayerError is { IsUnmet: true }) ? known : known with
        {
            Snr = outputs.Min(output => output.Snr),
            Cosine = outputs.Min(output => output.Cosine),
            Top1Agreement = outputs.Min(output => output.Top1Agreement),
        };
    }

    /// <summary>What follows from measurements of the same weight with other recipes.</summary>
    /// <param name="snr">Signal-to-noise ratio of the outputs, dB.</param>
    /// <param name="cosine">Cosine of the angle between the outputs.</param>
    /// <param name="agreement">Share of the samples with the same most probable class.</param>
    /// <param name="references">The measurements.</param>
    public WeightSensitivity Estimated(double? snr, double? cosine, double? agreement, IReadOnlyList<WeightSensitivity> references) => Known(isExact: false, references.Min(reference => reference.SampleCount)) with
    {
        Snr = snr,
        Cosine = cosine,
        Top1Agreement = agreement,
        EstimatedFrom = string.Join(", ", references.Select(reference => reference.Recipe)),
    };

    private WeightSensitivity Known(bool isExact, int samples)
    {
        WeightResult[] results = Array.ConvertAll(_keys, key => variant.Results[key]);
        return new WeightSensitivity(sites[0].ModelPath, name)
        {
            Stage = sites[0].Stage,
            Function = sites[0].Function,
            OpType = sites[0].OpType,
            OpName = sites[0].OpName,
            Order = order,
            WeightCount = sites.Count,
            WeightNames = [.. WeightNames],
            ElementCount = sites.Sum(site => site.ElementCount),
            Recipe = variant.Recipe,
            CompressionRecipe = recipe is null ? null : MeasuredWeights.Recipe(recipe, sites),
            Before = results.Sum(result => result.Before),
            After = results.Sum(result => result.After),
            WeightSnr = results.Min(result => result.Snr),
            LayerSnr = Array.TrueForAll(results, result => result.LayerSnr is not null) ? results.Min(result => result.LayerSnr) : null,
            IsExact = isExact,
            SampleCount = samples,
        };
    }
}
