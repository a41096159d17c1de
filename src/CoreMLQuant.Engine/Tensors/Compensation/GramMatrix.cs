using System;

namespace CoreMLQuant.Tensors.Compensation;

/// <summary>E[x xᵀ] of the inputs x that a weight's rows are multiplied with: symmetric, positive semidefinite.</summary>
/// <param name="Values">Holds it, row by row.</param>
/// <param name="Offset">Where it begins.</param>
/// <param name="Count">Number of inputs.</param>
internal readonly record struct GramMatrix(double[] Values, int Offset, int Count)
{
    /// <summary>What the second moment of a whole row is relative to.</summary>
    public double MeanDiagonal
    {
        get
        {
            double sum = 0;
            for (int i = 0; i < Count; i++)
            {
                sum += this[i, i];
            }

            return Count == 0 ? 0 : sum / Count;
        }
    }

    /// <summary>An element.</summary>
    public double this[int row, int column] => Values[Offset + (row * Count) + column];

    /// <summary>The rows from one on.</summary>
    public ReadOnlySpan<double> From(int row) => Values.AsSpan(Offset + (row * Count), (Count - row) * Count);
}
