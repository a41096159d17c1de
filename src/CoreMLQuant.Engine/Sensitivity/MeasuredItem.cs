using System;
using System.Collections.Generic;
using System.Linq;
using CoreMLQuant.Calibration;
using CoreMLQuant.Comparison.Outputs;
using CoreMLQuant.Conversion;
using CoreMLQuant.Models;
using CoreMLQuant.Running;

namespace CoreMLQuant.Sensitivity;

/// <summary>Weights that are compressed together by one recipe while all others stay, and what comes out.</summary>
/// <param name="name">What they are called.</param>
/// <param name="sites">The weights, in the order of the model.</param>
/// <param name="order">Place of the first in the order of the model.</param>
/// <param name="variant">What they become.</param>
internal sealed class MeasuredItem(string name, IReadOnlyList<WeightSite> sites, int order, CompressedVariant variant)
{
    private readonly WeightKey[] _keys = sites.Select(WeightKey.Of).ToArray();
    private readonly OutputMeters _meters = new();
    private int _samples;

    /// <summary>What they are called.</summary>
    public string Name => name;

    /// <summary>
    /// Noise against signal at the outputs of the layers, added up; where nothing is known of the inputs, of the values. Estimates go by the ratio of two
    /// recipes, so what counts is only that both are of one kind.
    /// </summary>
    public double LayerNoise(bool ofValues) => Results.Sum(result => Math.Pow(10, -(ofValues ? result.Snr!.Value : result.LayerSnr!.Value) / 10));

    /// <summary>Whether the noise at the outputs of all the layers is known.</summary>
    public bool HasLayerNoise => Results.All(result => result.LayerSnr is not null);

    private IEnumerable<WeightResult> Results => _keys.Select(key => variant.Results[key]);

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
    public WeightSensitivity Measured(bool isExact)
    {
        IReadOnlyList<OutputComparison> outputs = _meters.Results();
        return Row(isExact, _samples) with
        {
            Snr = outputs.Min(output => output.Snr),
            CosineSimilarity = outputs.Min(output => output.Cosine),
            Top1Agreement = outputs.Min(output => output.Top1Agreement),
        };
    }

    /// <summary>
    /// What follows from another recipe that was measured: noise at the outputs of a model grows as that at the outputs of the layers, and what is noise at a right angle
    /// to the signal turns it by so much.
    /// </summary>
    /// <param name="probe">The same weights with the recipe that was measured.</param>
    /// <param name="measured">What came out.</param>
    public WeightSensitivity Estimated(MeasuredItem probe, WeightSensitivity measured)
    {
        bool ofValues = !HasLayerNoise || !probe.HasLayerNoise;
        double noise = LayerNoise(ofValues), probeNoise = probe.LayerNoise(ofValues);
        double? ratio = measured.Snr is not { } snr ? null : noise == 0 ? 0 : Math.Pow(10, -snr / 10) / probeNoise * noise;
        return Row(isExact: false, 0) with
        {
            Snr = ratio is { } known ? -10 * Math.Log10(known) : null,
            CosineSimilarity = ratio is { } turned ? 1 / Math.Sqrt(1 + turned) : null,
        };
    }

    private WeightSensitivity Row(bool isExact, int samples) => new()
    {
        Path = sites[0].ModelPath,
        Name = name,
        Stage = sites[0].Stage,
        Function = sites[0].Function,
        OpType = sites[0].OpType,
        OpName = sites[0].OpName,
        Order = order,
        WeightCount = sites.Count,
        ElementCount = sites.Sum(site => site.ElementCount),
        Recipe = variant.Recipe,
        Before = Results.Sum(result => result.Before),
        After = Results.Sum(result => result.After),
        WeightSnr = Results.Min(result => result.Snr),
        LayerSnr = HasLayerNoise ? Results.Min(result => result.LayerSnr) : null,
        IsExact = isExact,
        SampleCount = samples,
    };
}
