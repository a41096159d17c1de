using System;

namespace CoreMLQuant.Tensors.Statistics;

/// <summary>Keeps tiles of vectors whose products are summed later, in the order in which they came.</summary>
internal interface ITileStore
{
    /// <summary>Keeps a tile.</summary>
    /// <param name="group">The group of its vectors.</param>
    /// <param name="tile">Columns, each padded with zeros to <paramref name="stride"/> elements.</param>
    /// <param name="stride">A multiple of <see cref="GramKernel.Lanes"/>.</param>
    void Add(int group, ReadOnlySpan<float> tile, int stride);
}
