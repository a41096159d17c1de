using System;
using System.Linq;
using System.Threading;
using CoreMLQuant.Tensors.Compensation;
using Xunit;

namespace CoreMLQuant.Tests.Tensors.Compensation;

/// <summary>The factor of the inverse, and the products that it is made of.</summary>
public class InverseFactorTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(64)]
    [InlineData(65)]
    [InlineData(150)]
    public void Find_OfAGramMatrix_FactorsTheInverseOfTheDampedOne(int count)
    {
        GramMatrix gram = BrainSurgeon.Grams(count, count)[0];
        int[] order = InverseFactor.ByActivation(gram);
        InverseFactor factor = InverseFactor.Find(gram, order, 0.01, CancellationToken.None)!;
        Assert.Equal(0.01, factor.Damping);
        double[,] damped = BrainSurgeon.Damped(gram, factor.Damping);
        double U(int row, int column) => row > column ? 0 : row == column ? factor.Diagonal[row] : factor.From(column)[row];
        double[,] inverse = new double[count, count];
        for (int i = 0; i < count; i++)
        {
            for (int j = 0; j < count; j++)
            {
                inverse[i, j] = Enumerable.Range(0, Math.Min(i, j) + 1).Sum(k => U(k, i) * U(k, j)) / factor.Unit;
            }
        }

        for (int i = 0; i < count; i++)
        {
            for (int j = 0; j < count; j++)
            {
                double product = Enumerable.Range(0, count).Sum(k => inverse[i, k] * damped[order[k], order[j]]);
                Assert.Equal(i == j ? 1 : 0, product, 1e-4);
            }
        }
    }

    [Theory]
    [InlineData(20)]
    [InlineData(64)]
    [InlineData(200)]
    public void Find_InputsThatWereAlwaysZero_AreApartFromTheOthers(int zeros)
    {
        const int Count = 150;
        GramMatrix live = BrainSurgeon.Grams(Count, Count)[0];
        int all = Count + zeros;
        double[] values = new double[all * all];
        for (int i = 0; i < Count; i++)
        {
            live.From(i).Slice(0, Count).CopyTo(values.AsSpan(i * all));
        }

        var gram = new GramMatrix(values, 0, all);
        InverseFactor factor = InverseFactor.Find(gram, InverseFactor.ByActivation(gram), 0.01, CancellationToken.None)!;
        double[,] damped = BrainSurgeon.Damped(gram, factor.Damping), inverse = new double[all, all];
        for (int i = 0; i < all; i++)
        {
            for (int j = 0; j < all; j++)
            {
                inverse[i, j] = Enumerable.Range(0, Math.Min(i, j) + 1).Sum(k => U(k, i) * U(k, j)) / factor.Unit;
            }
        }

        for (int i = 0; i < all; i++)
        {
            for (int j = 0; j < all; j++)
            {
                double product = Enumerable.Range(0, all).Sum(k => inverse[i, k] * damped[factor.Order[k], factor.Order[j]]);
                Assert.Equal(i == j ? 1 : 0, product, 1e-4);
            }
        }

        Assert.All(Enumerable.Range(Count, zeros), position => Assert.Equal((float)(1 / Math.Sqrt(factor.Damping)), factor.Diagonal[position]));
        Assert.All(Enumerable.Range(Count, zeros), position => Assert.True(Enumerable.Range(0, position).All(k => factor.From(position)[k] == 0)));

        double U(int row, int column) => row > column ? 0 : row == column ? factor.Diagonal[row] : factor.From(column)[row];
    }

    [Fact]
    public void Find_OfAMatrixThatIsZeroOrNotFinite_GivesNothing()
    {
        Assert.Null(InverseFactor.Find(new GramMatrix(new double[9], 0, 3), [0, 1, 2], 0.01, CancellationToken.None));
        Assert.Null(InverseFactor.Find(new GramMatrix([1, double.NaN, double.NaN, 1], 0, 2), [0, 1], 0.01, CancellationToken.None));
        Assert.Null(InverseFactor.Find(new GramMatrix([double.PositiveInfinity], 0, 1), [0], 0.01, CancellationToken.None));
    }

    [Fact]
    public void Find_OfAMatrixThatIsNotPositiveDefinite_DampsItMore()
    {
        // Eigenvalues 1.05 and -0.05: no Gram matrix, as rounding may leave one.
        InverseFactor factor = InverseFactor.Find(new GramMatrix([0.5, 0.55, 0.55, 0.5], 0, 2), [0, 1], 0.01, CancellationToken.None)!;
        Assert.Equal(1, factor.Damping);
        Assert.Null(InverseFactor.Find(new GramMatrix([0.5, 5, 5, 0.5], 0, 2), [0, 1], 0.01, CancellationToken.None));
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(4, 3)]
    [InlineData(7, 50)]
    [InlineData(6, 64)]
    [InlineData(5, 200)]
    public void Subtract_OfAnySize_EqualsTheScalarProductToTheBit(int rows, int depth)
    {
        const int Tile = ProductKernel.Tile, StrideC = Tile + 5;
        float[] a = BrainSurgeon.Weights(1, rows * (depth + 1)), b = BrainSurgeon.Weights(2, depth * Tile), c = BrainSurgeon.Weights(3, rows * StrideC);
        float[] expected = (float[])c.Clone();
        for (int i = 0; i < rows; i++)
        {
            for (int j = 0; j < Tile; j++)
            {
                for (int k = 0; k < depth; k++)
                {
                    float product = a[(i * (depth + 1)) + k] * b[(k * Tile) + j];
                    expected[(i * StrideC) + j] -= product;
                }
            }
        }

        ProductKernel.Subtract<float>(a, depth + 1, b, c, StrideC, rows, depth);
        Assert.Equal(expected, c);
    }

    [Fact]
    public void OfRows_OfATile_EqualsTheQuadraticForm()
    {
        const int Columns = 45;
        GramMatrix gram = BrainSurgeon.Grams(4, Columns)[0];
        double[] rows = BrainSurgeon.Weights(5, Columns * ProductKernel.Tile).Select(value => (double)value).ToArray();
        double[] energies = new double[ProductKernel.Tile];
        OutputEnergy.OfRows(gram, rows, energies);
        for (int row = 0; row < energies.Length; row++)
        {
            double expected = BrainSurgeon.Energy(gram, Enumerable.Range(0, Columns).Select(column => rows[(column * ProductKernel.Tile) + row]).ToArray());
            Assert.Equal(expected, energies[row], 1e-9 * expected);
        }
    }
}
