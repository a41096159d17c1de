using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;

namespace CoreMLQuant.Tensors.Statistics;

/// <summary>
/// The vectors x that a weight multiplies, taken from the value that its operation gets: rows of a matrix, or the patches under a kernel. A
/// convolution has vectors for each of its groups.
/// </summary>
internal abstract class InputVectors
{
    /// <summary>Groups, each with vectors of its own.</summary>
    public abstract int Groups { get; }

    /// <summary>Length of a vector.</summary>
    public abstract int Columns { get; }

    /// <summary>What makes two of them take the same vectors of a value.</summary>
    public abstract string Key { get; }

    /// <summary>Number of vectors of a value, in each group.</summary>
    /// <param name="shape">The value's dimensions.</param>
    /// <exception cref="InvalidDataException">The value does not hold such vectors.</exception>
    public abstract long CountIn(IReadOnlyList<long> shape);

    /// <summary>Copies vectors of one group, column by column.</summary>
    /// <param name="values">The value, row-major.</param>
    /// <param name="shape">Its dimensions.</param>
    /// <param name="group">The group.</param>
    /// <param name="vectors">Indices of the vectors.</param>
    /// <param name="tile">Takes element i of column c at <c>c * stride + i</c>; what lies behind the vectors of a column stays as it is.</param>
    /// <param name="stride">Distance of columns, at least the number of vectors.</param>
    public abstract void Read(ReadOnlySpan<float> values, IReadOnlyList<long> shape, int group, ReadOnlySpan<int> vectors, Span<float> tile, int stride);

    /// <summary>The error of a value of another shape.</summary>
    protected static InvalidDataException Misshaped(IReadOnlyList<long> shape, string expected) =>
        new($"it has the shape [{string.Join(", ", shape)}]; {expected}.");

    /// <summary>Product of some dimensions.</summary>
    protected static long Product(IEnumerable<long> sizes) => sizes.Aggregate(1L, (product, size) => checked(product * size));
}
