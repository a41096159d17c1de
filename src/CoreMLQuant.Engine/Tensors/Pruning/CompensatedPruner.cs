using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using CoreMLQuant.Collections;
using CoreMLQuant.Tensors.Compensation;
using CoreMLQuant.Tensors.Decoding;

namespace CoreMLQuant.Tensors.Pruning;

/// <summary>
/// Pruning that has the values that stay make good what those that go took part in (SparseGPT, Frantar and Alistarh, 2023). As many
/// values become zero as without compensation, so that lengths are known before; where that would err less, it is what is done.
/// </summary>
/// <param name="plain">Prunes without compensation.</param>
/// <param name="rule">Chooses the values that become zero.</param>
/// <param name="layout">The weight as matrices.</param>
/// <param name="layerGrams">Makes the Gram matrix of each group.</param>
/// <param name="isHalf">Whether values are stored in FP16.</param>
internal sealed class CompensatedPruner(Pruner plain, MaskRule rule, MatrixLayout layout, Func<GramMatrix[]> layerGrams, bool isHalf) : Pruner
{
    private const int Tile = ProductKernel.Tile;

    private float[] _values = [];

    /// <summary>What became of the rows: all of them are compensated, or none. After <see cref="Prepare"/>.</summary>
    public CompensationOutcome Outcome { get; private set; }

    public override void Prepare(TensorValues values, CancellationToken cancellationToken)
    {
        float[] source = new float[values.Count], pruned = new float[values.Count];
        values.Read(0, source);
        plain.Prepare(values, cancellationToken);
        source.CopyTo(pruned, 0);
        plain.Apply(0, pruned);
        plain.Release();
        _values = pruned;
        using IDisposable memory = CompensationMemory.Enter(cancellationToken);
        GramMatrix[] grams = layerGrams();
        int rows = layout.Groups * layout.Rows;
        int[] order = rule is MaskRule.Ratio ratio ? GroupsTogether(ratio) : InverseFactor.Natural(layout.Columns);
        InverseFactor?[] factors = grams.Select(gram => InverseFactor.Find(gram, order, Damping.Pruning, cancellationToken)).ToArray();
        int unfactored = factors.Count(factor => factor is null);
        if (unfactored > 0)
        {
            Outcome = new CompensationOutcome(rows, 0, 0, unfactored);
            return;
        }

        float[] result = new float[source.Length];
        (double Plain, double Compensated) energy = Sweep(source, pruned, result, grams, factors!, cancellationToken);
        bool isBetter = energy.Compensated < energy.Plain;
        _values = isBetter ? result : pruned;
        Outcome = new CompensationOutcome(rows, isBetter ? rows : 0, factors.Max(factor => factor!.IsDampedMore ? factor.Damping : 0), 0);
        DroppedArrays.Add(2 * sizeof(float) * values.Count);
    }

    public override void Apply(long start, Span<float> values) => _values.AsSpan((int)start, values.Length).CopyTo(values);

    public override long CountZeros(TensorValues values, long zeroCount, CancellationToken cancellationToken) =>
        plain.CountZeros(values, zeroCount, cancellationToken);

    public override void Release()
    {
        long bytes = sizeof(float) * _values.LongLength;
        _values = [];
        DroppedArrays.Add(bytes);
    }

    private (double Plain, double Compensated) Sweep(
        float[] source, float[] pruned, float[] result, GramMatrix[] grams, InverseFactor[] factors, CancellationToken cancellationToken)
    {
        Func<int, bool>? isCheap = rule is MaskRule.Cheapest cheapest ? Cheap(source, factors, cheapest.Requested, cancellationToken) : null;
        (double Plain, double Compensated)[] energies = new (double, double)[layout.Groups * layout.Tiles];
        int[] ends = rule is MaskRule.Ratio ratio ? Ends(ratio) : CompensationSweep.UsualBlocks(layout.Columns);
        for (int group = 0; group < layout.Groups; group++)
        {
            int current = group;
            ParallelParts.Run(
                layout.Tiles,
                index => energies[(current * layout.Tiles) + index] = Sweep(layout.TileOf(current, index), source, pruned, result, grams[current], factors[current], ends, isCheap),
                cancellationToken);
        }

        return (energies.Sum(energy => energy.Plain), energies.Sum(energy => energy.Compensated));
    }

    private (double Plain, double Compensated) Sweep(
        RowTile tile, float[] source, float[] pruned, float[] result, GramMatrix gram, InverseFactor factor, int[] ends, Func<int, bool>? isCheap)
    {
        int length = factor.Count * Tile;
        float[] before = new float[length], rows = new float[length], errors = new float[length];
        byte[] masked = new byte[length];
        layout.Gather(source, tile, factor.Order, before);
        before.CopyTo(rows, 0);
        PruningStep step = rule switch
        {
            MaskRule.Cheapest => new CheapestStep(factor, before, masked, isHalf, (row, start, end, _) => Count(tile, row, factor, start, end, isCheap!)),
            MaskRule.Ratio ratio => new CheapestStep(factor, before, masked, isHalf, (_, start, end, zeros) => Math.Max(end - start - ratio.NonZero, zeros)),
            _ => new PruningStep(Mask(tile, pruned, factor, masked), isHalf),
        };
        CompensationSweep.Run(factor, rows, errors, ends, step);
        for (int row = 0; row < tile.Count; row++)
        {
            layout.Scatter<float>(rows, tile, row, factor.Order, result);
        }

        (double, double) energies = (Energy(gram, tile, source, pruned), Energy(gram, tile, source, result));
        DroppedArrays.Add(((3 * sizeof(float)) + sizeof(byte)) * (long)length);
        return energies;
    }

    private double Energy(GramMatrix gram, RowTile tile, float[] source, float[] stored)
    {
        int[] natural = InverseFactor.Natural(layout.Columns);
        float[] before = new float[layout.Columns * Tile], after = new float[layout.Columns * Tile];
        layout.Gather(source, tile, natural, before);
        layout.Gather(stored, tile, natural, after);
        double[] differences = new double[before.Length];
        for (int i = 0; i < differences.Length; i++)
        {
            differences[i] = (double)before[i] - after[i];
        }

        double[] energies = new double[Tile];
        OutputEnergy.OfRows(gram, differences, energies);
        DroppedArrays.Add(((2 * sizeof(float)) + sizeof(double)) * differences.LongLength);
        return energies.Sum();
    }

    private byte[] Mask(RowTile tile, float[] pruned, InverseFactor factor, byte[] masked)
    {
        float[] after = new float[masked.Length];
        layout.Gather(pruned, tile, factor.Order, after);
        for (int i = 0; i < masked.Length; i++)
        {
            masked[i] = after[i] == 0 ? (byte)1 : (byte)0;
        }

        return masked;
    }

    /// <summary>
    /// Which values are among the cheapest of the whole weight before anything is compensated. It tells how many of a row's values go in each block of
    /// columns; which of them is chosen when the block is reached.
    /// </summary>
    private Func<int, bool> Cheap(float[] source, InverseFactor[] factors, long requested, CancellationToken cancellationToken)
    {
        float[] costs = new float[source.Length];
        for (int group = 0; group < factors.Length; group++)
        {
            InverseFactor factor = factors[group];
            double unit = Math.Sqrt(factor.Unit);
            for (int position = 0; position < factor.Count; position++)
            {
                for (int row = 0; row < layout.Rows; row++)
                {
                    int element = layout.Element(group, row, factor.Order[position]);
                    double cost = Math.Abs(source[element]) * unit / factor.Diagonal[position];
                    costs[element] = source[element] == 0 ? 0 : (float)Math.Min(Math.Max(cost, float.Epsilon), float.MaxValue);
                }
            }
        }

        MagnitudeCut cut = MagnitudeCut.Find(new ArrayValues(costs), Math.Max(requested, source.Count(value => value == 0)), cancellationToken);
        return element => cut.Removes(element, costs[element]);
    }

    private int Count(RowTile tile, int row, InverseFactor factor, int start, int end, Func<int, bool> isCheap)
    {
        int count = 0;
        for (int position = start; position < end && row < tile.Count; position++)
        {
            count += isCheap(layout.Element(tile.Group, tile.First + row, factor.Order[position])) ? 1 : 0;
        }

        return count;
    }

    /// <summary>The columns in an order that has those of a group of values behind each other.</summary>
    private int[] GroupsTogether(MaskRule.Ratio ratio)
    {
        long length = layout.Shape[ratio.Axis], inner = layout.Shape.Skip(ratio.Axis + 1).Aggregate(1L, (product, dimension) => product * dimension);
        return Enumerable.Range(0, layout.Columns)
            .Select(column => (Column: column, Element: (long)layout.Element(0, 0, column)))
            .Select(place => (place.Column, At: place.Element / inner % length, Others: place.Element - (place.Element / inner % length * inner)))
            .OrderBy(place => place.Others).ThenBy(place => place.At)
            .Select(place => place.Column)
            .ToArray();
    }

    private int[] Ends(MaskRule.Ratio ratio)
    {
        int length = (int)layout.Shape[ratio.Axis];
        var ends = new List<int>();
        for (int start = 0; start < layout.Columns; start += length)
        {
            for (int at = ratio.Of; at < length; at += ratio.Of)
            {
                ends.Add(start + at);
            }

            ends.Add(start + length);
        }

        return ends.ToArray();
    }
}
