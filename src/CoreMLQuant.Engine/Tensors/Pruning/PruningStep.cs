using System;
using CoreMLQuant.Tensors.Compensation;

namespace CoreMLQuant.Tensors.Pruning;

/// <summary>
/// Sets values of the columns of a tile to zero and rounds the others to what they are stored as. What was zero stays so, and
/// what was not chosen never becomes zero: the number of zeros is planned.
/// </summary>
/// <param name="masked">One byte for each value, column by column in the order of the factor: 1 where it becomes zero.</param>
/// <param name="isHalf">Whether values are stored in FP16.</param>
internal class PruningStep(byte[] masked, bool isHalf) : SweepStep
{
    // 2^-126 and 2^-24.
    private const float SmallestNormal = 1.17549435e-38f;
    private const float SmallestHalf = 5.9604645e-8f;

    /// <summary>Rows of a tile.</summary>
    protected const int Tile = ProductKernel.Tile;

    /// <summary>Which values become zero.</summary>
    protected byte[] Masked => masked;

    public sealed override void Store(int position, Span<float> values)
    {
        if (isHalf)
        {
            for (int row = 0; row < Tile; row++)
            {
                values[row] = Math.Min(Math.Max(values[row], -HalfConversion.MaxValue), HalfConversion.MaxValue);
            }

            HalfRounding.Round(values);
        }

        for (int row = 0; row < Tile; row++)
        {
            if (masked[(position * Tile) + row] != 0)
            {
                values[row] = 0;
            }
            else if (values[row] == 0)
            {
                values[row] = isHalf ? SmallestHalf : SmallestNormal;
            }
        }
    }
}

/// <summary>Chooses the cheapest values of each row in each block of columns: <c>w² / [(G + d I)⁻¹]cc</c> of the columns that are left (SparseGPT).</summary>
/// <param name="factor">What is known of the inputs.</param>
/// <param name="source">The values as they were, in the order of the factor.</param>
/// <param name="masked">Takes the choice.</param>
/// <param name="isHalf">Whether values are stored in FP16.</param>
/// <param name="counts">How many of a row's values become zero between two positions.</param>
internal sealed class CheapestStep(InverseFactor factor, float[] source, byte[] masked, bool isHalf, CheapestStep.Counter counts) : PruningStep(masked, isHalf)
{
    private ulong[] _keys = [];

    /// <summary>The number of values of a row that become zero, of those from one position up to another.</summary>
    public delegate int Counter(int row, int start, int end, int zeros);

    public override void Begin(int start, int end, ReadOnlySpan<float> rows)
    {
        _keys = _keys.Length == end - start ? _keys : new ulong[end - start];
        for (int row = 0; row < Tile; row++)
        {
            int zeros = 0;
            for (int position = start; position < end; position++)
            {
                int at = (position * Tile) + row;
                uint cost = source[at] == 0 ? 0 : 1 + SingleBits.ToBits(Math.Abs(rows[at] / factor.Diagonal[position]));
                zeros += cost == 0 ? 1 : 0;
                _keys[position - start] = ((ulong)cost << 32) | (uint)position;
            }

            // No two keys are equal, so every sort gives the same order.
            Array.Sort(_keys);
            int count = counts(row, start, end, zeros);
            for (int i = 0; i < count; i++)
            {
                Masked[((int)(uint)_keys[i] * Tile) + row] = 1;
            }
        }
    }
}
