using System;
using System.Numerics.Tensors;

namespace CoreMLQuant.Tensors.Statistics;

/// <summary>Sums over vectors, in FP64: of their elements, of the squares, and, where wanted, of the products with each other.</summary>
internal sealed class VectorSums
{
    /// <summary>Starts at zero.</summary>
    /// <param name="groups">Groups, each with vectors of its own.</param>
    /// <param name="columns">Length of a vector.</param>
    /// <param name="withGram">Whether products are summed.</param>
    public VectorSums(int groups, int columns, bool withGram)
        : this(0, columns, new double[groups * columns], new double[groups * columns], withGram)
    {
    }

    /// <summary>Goes on from sums.</summary>
    public VectorSums(long count, int columns, double[] sums, double[] squares, bool withGram)
    {
        Count = count;
        Columns = columns;
        Sums = sums;
        Squares = squares;
        HasProducts = withGram;
    }

    /// <summary>Vectors that were added, in each group.</summary>
    public long Count { get; private set; }

    /// <summary>Length of a vector.</summary>
    public int Columns { get; }

    /// <summary>Sums of the elements, group by group.</summary>
    public double[] Sums { get; }

    /// <summary>Sums of the squares, group by group.</summary>
    public double[] Squares { get; }

    /// <summary>Whether products are summed.</summary>
    public bool HasProducts { get; }

    /// <summary>Number of products.</summary>
    public int ProductCount => checked(Sums.Length * Columns);

    /// <summary>
    /// Sums of the products, group by group, each columns x columns with the lower triangle filled; <see langword="null"/> when they are not summed, as long as they are all
    /// zero, and while they are somewhere else.
    /// </summary>
    public double[]? Products { get; set; }

    /// <summary>Where vectors wait whose products are not summed yet; <see langword="null"/> for products that are summed at once.</summary>
    public ITileStore? Waiting { get; set; }

    /// <summary>Adds the vectors of a group.</summary>
    /// <param name="group">The group.</param>
    /// <param name="tile">Columns, each padded with zeros to <paramref name="stride"/> elements.</param>
    /// <param name="stride">A multiple of <see cref="GramKernel.Lanes"/>.</param>
    public void Add(int group, ReadOnlySpan<float> tile, int stride)
    {
        // First of all: where there is no room for them, nothing has been added.
        if (HasProducts && Waiting is { } waiting)
        {
            waiting.Add(group, tile, stride);
        }
        else if (HasProducts)
        {
            AddProducts(group, tile, stride, Products ??= new double[ProductCount]);
        }

        for (int column = 0; column < Columns; column++)
        {
            ReadOnlySpan<float> values = tile.Slice(column * stride, stride);
            Sums[(group * Columns) + column] += TensorPrimitives.Sum(values);
            Squares[(group * Columns) + column] += TensorPrimitives.SumOfSquares(values);
        }
    }

    /// <summary>Adds the products of the vectors of a group, and nothing else of them.</summary>
    /// <param name="group">The group.</param>
    /// <param name="tile">Columns, each padded with zeros to <paramref name="stride"/> elements.</param>
    /// <param name="stride">A multiple of <see cref="GramKernel.Lanes"/>.</param>
    /// <param name="products">What they are added to, as in <see cref="Products"/>.</param>
    public void AddProducts(int group, ReadOnlySpan<float> tile, int stride, Span<double> products) =>
        GramKernel.Add(tile, Columns, stride, products.Slice(group * Columns * Columns, Columns * Columns));

    /// <summary>Counts vectors that were added to every group.</summary>
    public void AddCount(int vectors) => Count += vectors;
}
