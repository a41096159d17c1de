using System;
using System.Linq;
using CoreMLQuant.Tensors.Compensation;

namespace CoreMLQuant.Tests.Tensors.Compensation;

/// <summary>
/// Compensation as it is defined (optimal brain surgeon, Hassibi and Stork, 1992), in FP64 and one column after the other: the inverse of the
/// matrix, from which each column that is done is taken out.
/// </summary>
internal static class BrainSurgeon
{
    /// <summary>Stores a row's columns in an order.</summary>
    /// <param name="gram">The damped Gram matrix.</param>
    /// <param name="row">The row.</param>
    /// <param name="order">The order.</param>
    /// <param name="store">What a column's value is stored as.</param>
    public static double[] Run(double[,] gram, double[] row, int[] order, Func<int, double, double> store)
    {
        int count = row.Length;
        double[,] inverse = Inverse(gram);
        double[] left = (double[])row.Clone(), stored = new double[count];
        foreach (int column in order)
        {
            stored[column] = store(column, left[column]);
            double error = (left[column] - stored[column]) / inverse[column, column];
            for (int other = 0; other < count; other++)
            {
                left[other] -= error * inverse[column, other];
            }

            double[] gone = Enumerable.Range(0, count).Select(other => inverse[column, other]).ToArray();
            double diagonal = gone[column];
            for (int i = 0; i < count; i++)
            {
                for (int j = 0; j < count; j++)
                {
                    inverse[i, j] -= gone[i] * gone[j] / diagonal;
                }
            }
        }

        return stored;
    }

    /// <summary>A Gram matrix with more on its diagonal.</summary>
    public static double[,] Damped(GramMatrix gram, double damping)
    {
        var damped = new double[gram.Count, gram.Count];
        for (int i = 0; i < gram.Count; i++)
        {
            for (int j = 0; j < gram.Count; j++)
            {
                damped[i, j] = gram[i, j] + (i == j ? damping * gram.MeanDiagonal : 0);
            }
        }

        return damped;
    }

    /// <summary>The Gram matrix of inputs that depend on each other.</summary>
    /// <param name="seed">Makes the inputs.</param>
    /// <param name="columns">Number of inputs.</param>
    /// <param name="groups">Number of matrices.</param>
    /// <param name="dead">Inputs that are always zero.</param>
    public static GramMatrix[] Grams(int seed, int columns, int groups = 1, params int[] dead)
    {
        var random = new Random(seed);
        double[] values = new double[groups * columns * columns];
        for (int group = 0; group < groups; group++)
        {
            for (int sample = 0; sample < 3 * columns; sample++)
            {
                double shared = random.NextDouble();
                double[] x = Enumerable.Range(0, columns).Select(i => dead.Contains(i) ? 0 : shared + random.NextDouble() - 0.3).ToArray();
                for (int i = 0; i < columns; i++)
                {
                    for (int j = 0; j < columns; j++)
                    {
                        values[(((group * columns) + i) * columns) + j] += x[i] * x[j] / (3 * columns);
                    }
                }
            }
        }

        return Enumerable.Range(0, groups).Select(group => new GramMatrix(values, group * columns * columns, columns)).ToArray();
    }

    /// <summary>Values around zero.</summary>
    public static float[] Weights(int seed, int count)
    {
        var random = new Random(seed);
        return Enumerable.Range(0, count).Select(_ => (float)(random.NextDouble() + random.NextDouble() - 1)).ToArray();
    }

    /// <summary>Energy of rows at the output.</summary>
    public static double Energy(GramMatrix gram, double[] row)
    {
        double energy = 0;
        for (int i = 0; i < row.Length; i++)
        {
            for (int j = 0; j < row.Length; j++)
            {
                energy += row[i] * gram[i, j] * row[j];
            }
        }

        return energy;
    }

    private static double[,] Inverse(double[,] matrix)
    {
        int count = matrix.GetLength(0);
        double[,] left = (double[,])matrix.Clone(), inverse = new double[count, count];
        for (int i = 0; i < count; i++)
        {
            inverse[i, i] = 1;
        }

        for (int pivot = 0; pivot < count; pivot++)
        {
            double factor = left[pivot, pivot];
            for (int j = 0; j < count; j++)
            {
                left[pivot, j] /= factor;
                inverse[pivot, j] /= factor;
            }

            for (int i = 0; i < count; i++)
            {
                double times = i == pivot ? 0 : left[i, pivot];
                for (int j = 0; j < count && times != 0; j++)
                {
                    left[i, j] -= times * left[pivot, j];
                    inverse[i, j] -= times * inverse[pivot, j];
                }
            }
        }

        return inverse;
    }
}
