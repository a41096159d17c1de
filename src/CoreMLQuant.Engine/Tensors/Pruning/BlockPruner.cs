using System;
using System.Collections.Generic;
using System.Threading;
using CoreMLQuant.Tensors.Decoding;

namespace CoreMLQuant.Tensors.Pruning;

/// <summary>
/// Blocks of values that follow each other along an axis are kept or pruned together: smallest L2 norm first, of equal ones
/// those that stand first, until a given share of the values has gone. A block may be cut short by the axis' end.
/// </summary>
internal sealed class BlockPruner(IReadOnlyList<long> shape, int axis, int blockSize, double targetSparsity) : MaskPruner
{
    public override void Prepare(TensorValues values, CancellationToken cancellationToken)
    {
        Clear(values.Count);
        var layout = AxisLayout.Of(shape, axis);
        var norms = new float[layout.Outer * ((layout.Length + blockSize - 1) / blockSize) * layout.Inner];
        long block = 0;
        layout.VisitGroups(
            values,
            blockSize,
            (_, group, rows) =>
            {
                int inner = (int)layout.Inner;
                for (int column = 0; column < inner; column++)
                {
                    double sum = 0;
                    for (int row = 0; row < rows; row++)
                    {
                        double value = group[(row * inner) + column];
                        sum += value * value;
                    }

                    norms[block++] = (float)Math.Sqrt(sum);
                }
            },
            cancellationToken);
        MarkBlocks(layout, norms, cancellationToken);
    }

    private void MarkBlocks(AxisLayout layout, float[] norms, CancellationToken cancellationToken)
    {
        MagnitudeCut cut = FindCut(layout, norms, cancellationToken);
        VisitBlocks(
            layout,
            (block, first, rows) =>
            {
                for (int row = 0; row < rows && cut.Removes(block, norms[block]); row++)
                {
                    Mark(first + (row * layout.Inner));
                }
            });
    }

    // Each round adds the fewest blocks that could be enough, so the first cut that is enough takes no block too many.
    private MagnitudeCut FindCut(AxisLayout layout, float[] norms, CancellationToken cancellationToken)
    {
        long wanted = Share.Of(targetSparsity, layout.Outer * layout.Length * layout.Inner), blocks = 0, removed = 0;
        MagnitudeCut cut = default;
        while (removed < wanted)
        {
            blocks += (wanted - removed + blockSize - 1) / blockSize;
            cut = MagnitudeCut.Find(new ArrayValues(norms), blocks, cancellationToken);
            removed = CountRemoved(layout, norms, cut);
        }

        return cut;
    }

    private long CountRemoved(AxisLayout layout, float[] norms, MagnitudeCut cut)
    {
        long removed = 0;
        VisitBlocks(layout, (block, _, rows) => removed += cut.Removes(block, norms[block]) ? rows : 0);
        return removed;
    }

    /// <summary>Goes through the blocks in the order of their norms: index, first value, number of values.</summary>
    private void VisitBlocks(AxisLayout layout, Action<long, long, int> visit)
    {
        long block = 0;
        for (long outer = 0; outer < layout.Outer; outer++)
        {
            for (long row = 0; row < layout.Length; row += blockSize)
            {
                for (long column = 0; column < layout.Inner; column++)
                {
                    visit(block++, (((outer * layout.Length) + row) * layout.Inner) + column, (int)Math.Min(blockSize, layout.Length - row));
                }
            }
        }
    }
}
