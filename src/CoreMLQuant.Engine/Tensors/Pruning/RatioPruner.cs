using System;
using System.Collections.Generic;
using System.Threading;

namespace CoreMLQuant.Tensors.Pruning;

/// <summary>
/// Of every <c>of</c> values that follow each other along an axis, only <c>nonZero</c> stay: those of the largest
/// magnitude, of equal ones the later. A group cut short by the axis' end keeps as many.
/// </summary>
internal sealed class RatioPruner(IReadOnlyList<long> shape, int axis, int nonZero, int of) : MaskPruner
{
    public override void Prepare(TensorValues values, CancellationToken cancellationToken)
    {
        Clear(values.Count);
        var layout = AxisLayout.Of(shape, axis);
        var magnitudes = new float[of];
        var order = new int[of];
        layout.VisitGroups(
            values,
            of,
            (start, group, rows) =>
            {
                int inner = (int)layout.Inner;
                for (int column = 0; column < inner && rows > nonZero; column++)
                {
                    for (int row = 0; row < rows; row++)
                    {
                        magnitudes[row] = Math.Abs(group[(row * inner) + column]);
                    }

                    MarkSmallest(magnitudes, order, rows, rows - nonZero, start + column, inner);
                }
            },
            cancellationToken);
    }

    // Insertion sort: stable, and groups are small.
    private void MarkSmallest(float[] magnitudes, int[] order, int rows, int count, long start, int stride)
    {
        for (int row = 0; row < rows; row++)
        {
            int at = row;
            for (; at > 0 && magnitudes[order[at - 1]] > magnitudes[row]; at--)
            {
                order[at] = order[at - 1];
            }

            order[at] = row;
        }

        for (int i = 0; i < count; i++)
        {
            Mark(start + ((long)order[i] * stride));
        }
    }
}
