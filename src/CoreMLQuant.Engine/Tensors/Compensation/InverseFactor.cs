using System;
using System.Linq;
using System.Threading;
using CoreMLQuant.Collections;

namespace CoreMLQuant.Tensors.Compensation;

/// <summary>
/// The upper factor U of the inverse of a damped Gram matrix, <c>(G + d I)⁻¹ = Uᵀ U</c>, in units of its mean diagonal. Its row c is what compensation needs of column
/// c: an error there, divided by the diagonal, is made good by the later columns in proportion to the rest of the row (Frantar et al.,
/// GPTQ, 2022). With <c>G + d I = R Rᵀ</c>, R upper, U is R⁻¹, so one factorization from the last column to the first is enough.
/// </summary>
internal sealed class InverseFactor
{
    // Shares of the mean diagonal, for matrices that rounding leaves indefinite.
    private static readonly double[] LargerDampings = [0.1, 1];

    private readonly float[] _values;
    private readonly int _stride;

    private InverseFactor(int[] order, double damping, bool isDampedMore, double unit)
    {
        Order = order;
        Damping = damping;
        IsDampedMore = isDampedMore;
        Unit = unit;
        Diagonal = new float[order.Length];
        _stride = Math.Max(order.Length, 1);
        _values = new float[order.Length * order.Length];
    }

    /// <summary>Number of columns.</summary>
    public int Count => Order.Length;

    /// <summary>The column of the weight at each position, in the order in which columns are treated.</summary>
    public int[] Order { get; }

    /// <summary>What was added to the diagonal, as a share of its mean.</summary>
    public double Damping { get; }

    /// <summary>Whether that is more than was asked for, because otherwise there is no factor.</summary>
    public bool IsDampedMore { get; }

    /// <summary>The mean diagonal of the matrix, which the factor is relative to: it is that of the inverse times this.</summary>
    public double Unit { get; }

    /// <summary>The factor's diagonal.</summary>
    public float[] Diagonal { get; }

    /// <summary>Distance of rows.</summary>
    public int Stride => _stride;

    /// <summary>The columns of the factor as rows, from a position on: at [position, k] is U[k, position], for k below the position.</summary>
    public ReadOnlySpan<float> From(int position) => _values.AsSpan(position * _stride);

    /// <summary>Positions in the order of the columns.</summary>
    public static int[] Natural(int count)
    {
        int[] order = new int[count];
        for (int i = 0; i < count; i++)
        {
            order[i] = i;
        }

        return order;
    }

    /// <summary>Positions by falling second moment: the columns that matter most come first, when most others are left to make good their errors.</summary>
    public static int[] ByActivation(GramMatrix gram)
    {
        int[] order = Natural(gram.Count);
        Array.Sort(order, (first, second) => gram[second, second].CompareTo(gram[first, first]) is not 0 and int sign ? sign : first.CompareTo(second));
        return order;
    }

    /// <summary>Finds the factor.</summary>
    /// <param name="gram">The Gram matrix.</param>
    /// <param name="order">The order of the columns.</param>
    /// <param name="damping">What to add to the diagonal, as a share of its mean; see <see cref="Compensation.Damping"/>.</param>
    /// <param name="cancellationToken">Stops between blocks.</param>
    /// <returns>The factor; <see langword="null"/> where the matrix is zero, not finite, or not positive definite with any damping.</returns>
    public static InverseFactor? Find(GramMatrix gram, int[] order, double damping, CancellationToken cancellationToken)
    {
        double mean = gram.MeanDiagonal;
        if (!(mean > 0) || double.IsInfinity(mean))
        {
            return null;
        }

        int stride = ProductKernel.Padded(gram.Count);
        double[] values = new double[gram.Count * stride];
        foreach (double tried in LargerDampings.Where(larger => larger > damping).Prepend(damping))
        {
            Fill(values, stride, gram, order, mean, tried);
            if (new CholeskyFactor(values, gram.Count, stride).Factor(cancellationToken))
            {
                var factor = new InverseFactor(order, tried, tried > damping, mean);
                int tiles = stride / ProductKernel.Tile;
                ParallelParts.Run(tiles, tile => factor.Invert(values, stride, tile * ProductKernel.Tile), cancellationToken);

                // The factor lives as long as the weight that it is for.
                DroppedArrays.Add((sizeof(double) * values.LongLength) + (sizeof(float) * factor._values.LongLength));
                return factor;
            }
        }

        return null;
    }

    // The last position first, so that the lower factor of this is the upper one of the matrix. Relative, so that inputs of any size fit FP32.
    private static void Fill(double[] values, int stride, GramMatrix gram, int[] order, double unit, double damping)
    {
        int last = order.Length - 1;
        for (int row = 0; row <= last; row++)
        {
            for (int column = 0; column <= row; column++)
            {
                values[(row * stride) + column] = gram[order[last - row], order[last - column]] / unit;
            }

            values[(row * stride) + row] += damping;
        }
    }

    /// <summary>Some columns of the lower factor's inverse, by forward substitution, put in their places.</summary>
    private void Invert(double[] lower, int stride, int first)
    {
        const int Tile = ProductKernel.Tile;
        int columns = Math.Min(Tile, Count - first), last = Count - 1;

        // Where nothing stands below, the inverse has nothing there either.
        int rows = CholeskyFactor.IsZero(lower, Count, stride, first, columns, first + columns) ? columns : Count - first;
        double[] inverse = new double[rows * Tile];
        for (int block = 0; block < rows; block += Tile)
        {
            int size = Math.Min(Tile, rows - block);
            for (int row = block; row < block + size && row < columns; row++)
            {
                inverse[(row * Tile) + row] = 1;
            }

            ProductKernel.Subtract(lower.AsSpan(((first + block) * stride) + first), stride, inverse, inverse.AsSpan(block * Tile), Tile, size, block);
            for (int row = block; row < block + size; row++)
            {
                Span<double> current = inverse.AsSpan(row * Tile, Tile);
                ProductKernel.Subtract(lower.AsSpan(((first + row) * stride) + first + block), stride, inverse.AsSpan(block * Tile), current, Tile, 1, row - block);
                double diagonal = lower[((first + row) * stride) + first + row];
                for (int column = 0; column < Tile; column++)
                {
                    current[column] /= diagonal;
                }
            }
        }

        for (int column = 0; column < columns; column++)
        {
            int position = last - first - column;
            Diagonal[position] = (float)inverse[(column * Tile) + column];
            for (int row = column + 1; row < rows; row++)
            {
                _values[(position * _stride) + last - first - row] = (float)inverse[(row * Tile) + column];
            }
        }
    }
}
