using System;
using System.Collections.Generic;
using CoreMLQuant.Coding;

namespace CoreMLQuant.Mil.Compression;

/// <summary>Weights that share their data - tied embeddings, functions of one package - are encoded once.</summary>
internal sealed class EncodedWeights
{
    private readonly Dictionary<(string File, long Offset, string Form), EncodedWeight> _weights = [];

    /// <summary>The encoding of a stored tensor in a form, made the first time.</summary>
    public EncodedWeight GetOrAdd(TensorData stored, string form, Func<EncodedWeight> create)
    {
        if (stored.File is null)
        {
            return create();
        }

        if (!_weights.TryGetValue((stored.File.RelativePath, stored.RecordOffset, form), out EncodedWeight? weight))
        {
            weight = create();
            _weights.Add((stored.File.RelativePath, stored.RecordOffset, form), weight);
        }

        return weight;
    }
}
