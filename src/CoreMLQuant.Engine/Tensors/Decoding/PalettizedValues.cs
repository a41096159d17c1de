using System;
using System.Buffers;

namespace CoreMLQuant.Tensors.Decoding;

/// <summary>Palettized values: indices into lookup tables, one table for each block of the weight.</summary>
/// <param name="indices">The indices.</param>
/// <param name="grid">How the tables lie over the weight.</param>
/// <param name="tables">The tables, block after block, each with <paramref name="entries"/> entries.</param>
/// <param name="entries">Entries of a table; every index is below it.</param>
/// <param name="vector">The axis on which an index stands for a vector; <see langword="null"/> when it stands for one value.</param>
internal sealed class PalettizedValues(TensorValues indices, BlockGrid grid, TensorValues tables, int entries, VectorAxis? vector)
    : BlockedValues(grid, entries * (vector?.Size ?? 1))
{
    private readonly TensorValues _places = vector is null ? indices : new VectorPlaces(indices, vector);
    private readonly TensorValues _tables = HeldValues.Of(tables);
    private readonly int _tableLength = entries * (vector?.Size ?? 1);

    public override long Count => _places.Count;

    /// <summary>The indices; fewer than the values when these are vectors.</summary>
    public TensorValues Indices => indices;

    /// <summary>The tables, block after block of the grid, entry after entry, each entry's vector contiguous.</summary>
    public TensorValues Tables => _tables;

    /// <summary>Entries of a table.</summary>
    public int Entries => entries;

    /// <summary>The axis on which an index stands for a vector; <see langword="null"/> when it stands for one value.</summary>
    public VectorAxis? Vector => vector;

    public override void Read(long start, Span<float> destination)
    {
        _places.Read(start, destination);
        ReadBlocked(start, destination);
    }

    protected override void Decode(long start, Span<float> values, long firstBlock, int blockCount)
    {
        int length = checked(blockCount * _tableLength);
        float[] tables = ArrayPool<float>.Shared.Rent(length);
        try
        {
            _tables.Read(firstBlock * _tableLength, tables.AsSpan(0, length));
            LookupKernel.LookUp(Grid, start, values, tables.AsSpan(0, length), firstBlock, _tableLength);
        }
        finally
        {
            ArrayPool<float>.Shared.Return(tables);
        }
    }

    /// <summary>For each value of a vector-palettized weight, its place in the table: <c>index * size + component</c>.</summary>
    private sealed class VectorPlaces(TensorValues indices, VectorAxis axis) : TensorValues
    {
        public override long Count => indices.Count * axis.Size;

        public override void Read(long start, Span<float> destination)
        {
            while (!destination.IsEmpty)
            {
                (int length, long sourceStart, int sourceLength) = axis.Piece(start, destination.Length);
                float[] source = ArrayPool<float>.Shared.Rent(sourceLength);
                try
                {
                    indices.Read(sourceStart, source.AsSpan(0, sourceLength));
                    int done = 0;
                    foreach ((int run, long element, int component) in axis.Runs(start, length))
                    {
                        ReadOnlySpan<float> from = source.AsSpan((int)(element - sourceStart), run);
                        Span<float> to = destination.Slice(done, run);
                        for (int i = 0; i < run; i++)
                        {
                            to[i] = (from[i] * axis.Size) + component;
                        }

                        done += run;
                    }
                }
                finally
                {
                    ArrayPool<float>.Shared.Return(source);
                }

                start += length;
                destination = destination.Slice(length);
            }
        }
    }
}
