using System;
using System.Buffers;
using System.Collections.Generic;
using System.Linq;
using System.Runtime.InteropServices;
using CoreMLQuant.Files;
using CoreMLQuant.Tensors.Statistics;

namespace CoreMLQuant.Calibration.Files;

/// <summary>Tiles of vectors in a scratch file, until the products that they are added to are in memory.</summary>
/// <param name="file">The file.</param>
internal sealed class WaitingTiles(ScratchFile file) : ITileStore
{
    private readonly List<(long At, int Length, int Group, int Stride)> _tiles = [];

    /// <summary>Whether there is none.</summary>
    public bool IsEmpty => _tiles.Count == 0;

    /// <inheritdoc/>
    /// <exception cref="System.IO.IOException">There is no room.</exception>
    public void Add(int group, ReadOnlySpan<float> tile, int stride) => _tiles.Add((file.Append(MemoryMarshal.AsBytes(tile)), tile.Length, group, stride));

    /// <summary>Adds the products of all tiles, and forgets these.</summary>
    /// <param name="sums">The sums that the vectors belong to.</param>
    /// <param name="products">What they are added to.</param>
    public void AddTo(VectorSums sums, Span<double> products)
    {
        float[] buffer = ArrayPool<float>.Shared.Rent(_tiles.Select(tile => tile.Length).DefaultIfEmpty(0).Max());
        try
        {
            foreach ((long at, int length, int group, int stride) in _tiles)
            {
                Span<float> tile = buffer.AsSpan(0, length);
                file.Read(at, MemoryMarshal.AsBytes(tile));
                sums.AddProducts(group, tile, stride, products);
            }

            _tiles.Clear();
        }
        finally
        {
            ArrayPool<float>.Shared.Return(buffer);
        }
    }
}
