using System;
using System.Collections.Generic;
using System.Linq;
using CoreMLQuant.Calibration.Files;
using CoreMLQuant.Calibration.Inputs;
using CoreMLQuant.Files;
using CoreMLQuant.Models;
using CoreMLQuant.Running;
using CoreMLQuant.Tensors.Statistics;

namespace CoreMLQuant.Calibration.Collecting;

/// <summary>What is collected of a model: sums to fill, and the passes in which the model gives the values that fill them.</summary>
/// <param name="Sums">The sums.</param>
/// <param name="Passes">The passes.</param>
internal sealed record CollectionPlan(CollectedSums Sums, IReadOnlyList<CollectionPass> Passes)
{
    /// <summary>Bytes of products that are parked in a file while others are in memory, since all of them are more than memory is for; 0 when they are not.</summary>
    public required long ParkedBytes { get; init; }

    /// <summary>Plans.</summary>
    /// <param name="modelDigest">Digest of the model.</param>
    /// <param name="samples">The samples.</param>
    /// <param name="inputs">The inputs of the weights that are wanted.</param>
    /// <param name="values">Names of the values whose ranges are wanted, those that the model cannot give among them.</param>
    /// <param name="known">The values that the model can give.</param>
    /// <param name="options">What is wanted.</param>
    /// <param name="before">What was collected before from the same samples; <see langword="null"/> for nothing.</param>
    public static CollectionPlan Of(
        string modelDigest,
        SampleIdentity samples,
        IReadOnlyList<WeightInput> inputs,
        IReadOnlyList<string> values,
        IReadOnlyList<IntermediateValue> known,
        CalibrationOptions options,
        CollectedSums? before)
    {
        WeightInput[][] shared = inputs.GroupBy(input => input.Key, StringComparer.Ordinal).Select(group => group.ToArray()).ToArray();
        Dictionary<string, string> reasons = options.WithGram ? GramReasons(shared, options) : [];
        Dictionary<string, InputSums> earlier = (before?.Inputs ?? []).ToDictionary(sums => sums.Key, StringComparer.Ordinal);
        InputMeter[] inputMeters = shared.Select(group => new InputMeter(SumsOf(group[0]), group[0].Values, samples.Count)).ToArray();
        var names = new HashSet<string>(known.Select(value => value.Name), StringComparer.Ordinal);
        NamedValueSums[] valueSums = values
            .Where(names.Contains)
            .Select(name => before?.Values.FirstOrDefault(sums => sums.Name == name) ?? new NamedValueSums(name, new ValueSums())).ToArray();
        ISampleMeter[] meters = [.. inputMeters, .. valueSums.Select(sums => new ValueMeter(sums))];
        WeightOfInput[] weights = shared
            .SelectMany((group, i) => group.Select(input => new WeightOfInput(WeightKey.Of(input.Site), input.Site.Shape, input.InputCounts, input.OutputAxis, input.Parts, i)
            {
                OtherUses = input.OtherUses,
            }))
            .ToArray();
        InputSums[] inputSums = inputMeters.Select(meter => meter.Sums).ToArray();
        long productBytes = inputSums.Sum(sums => sums.ProductBytes);
        var collected = new CollectedSums(modelDigest, samples, inputSums, weights, valueSums) { UnseenValues = values.Where(name => !names.Contains(name)).ToArray() };
        return new CollectionPlan(collected, CollectionPass.Of(meters, known, options.MaxTappedElements))
        {
            ParkedBytes = productBytes > options.MaxHeldGramBytes ? productBytes : 0,
        };

        InputSums SumsOf(WeightInput input)
        {
            string reason = options.WithGram && reasons.TryGetValue(input.Key, out string? found) ? found : string.Empty;
            bool isGramWanted = options.WithGram && reason.Length == 0;
            return earlier.TryGetValue(input.Key, out InputSums? sums) && (sums.Sums.HasProducts || !isGramWanted)
                ? sums
                : new InputSums(input.Key, new VectorSums(input.Values[0].Vectors.Groups, input.Values[0].Vectors.Columns, isGramWanted), reason);
        }
    }

    // The smaller ones first: most weights get theirs.
    private static Dictionary<string, string> GramReasons(IEnumerable<WeightInput[]> shared, CalibrationOptions options)
    {
        var reasons = new Dictionary<string, string>(StringComparer.Ordinal);
        var room = new Lazy<long>(() => FreeSpace.Of(options.TemporaryFolder));
        long total = 0;
        foreach (WeightInput input in shared.Select(group => group[0]).OrderBy(GramBytes))
        {
            long bytes = GramBytes(input);
            total += bytes;
            string limit = bytes > options.MaxHeldGramBytes ? $"at most {options.MaxHeldGramBytes >> 20} MB are summed"
                : total > options.MaxHeldGramBytes && total > room.Value ? $"'{options.TemporaryFolder}' has {room.Value >> 20} MB left for those of all weights"
                : string.Empty;
            if (limit.Length > 0)
            {
                reasons.Add(input.Key, FormattableString.Invariant($"its Gram matrix would take {bytes >> 20} MB, and {limit}; errors are weighted by importance and not compensated"));
            }
        }

        return reasons;
    }

    private static long GramBytes(WeightInput input)
    {
        InputVectors vectors = input.Values[0].Vectors;
        return (long)vectors.Groups * vectors.Columns * vectors.Columns * sizeof(double);
    }
}
