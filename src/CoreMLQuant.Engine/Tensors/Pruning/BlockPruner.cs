using System;
using System.Collections.Generic;
using System.Threading;
using CoreMLQuant.Tensors.Decoding;

namespace CoreMLQuant.Tensors.Pruning;

/// <summary>
/// Blocks of values that follow each other along an axis are kept or pruned together: a given share of them goes,
/// smallest L2 norm first, of equal ones those that stand first. A block cut short by the axis' end counts as one.
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
        MagnitudeCut cut = MagnitudeCut.Find(new ArrayValues(norms), Share.Of(targetSparsity, norms.Length), cancellationToken);
        long block = 0;
        for (long outer = 0; outer < layout.Outer; outer++)
        {
            for (long row = 0; row < layout.Length; row += blockSize)
            {
                for (long column = 0; column < layout.Inner; column++, block++)
                {
                    for (long i = row; i < Math.Min(row + blockSize, layout.Length) && cut.Removes(block, norms[block]); i++)
                    {
                        Mark((((outer * layout.Length) + i) * layout.Inner) + column);
                    }
                }
            }
        }
    }
}
