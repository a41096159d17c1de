using System;
using System.Collections.Generic;
using System.Linq;

namespace CoreMLQuant.Running;

/// <summary>Values with a shape, in row-major order: what Core ML calls a multi-array.</summary>
public sealed class MultiArray
{
    /// <summary>Wraps values; nothing is copied.</summary>
    /// <param name="values">One-dimensional: float[], double[], int[], long[], bool[], string[] or another array of primitive numbers.</param>
    /// <param name="shape">Dimensions, whose product is the number of values; empty for a scalar.</param>
    /// <param name="elementType">Type that the model declares for them; without it, that of the array.</param>
    /// <exception cref="ArgumentException">The shape does not fit the number of values.</exception>
    public MultiArray(Array values, IReadOnlyList<long> shape, Elements.ElementType elementType = Elements.ElementType.Unknown)
    {
        if (shape.Aggregate(1L, (product, dimension) => checked(product * dimension)) != values.Length)
        {
            throw new ArgumentException($"{values.Length} values do not fill the shape [{string.Join(", ", shape)}].", nameof(shape));
        }

        Values = values;
        Shape = [.. shape];
        Type = elementType == Elements.ElementType.Unknown ? ArrayElements.TypeOf(values) : elementType;
    }

    /// <summary>Dimensions; empty for a scalar.</summary>
    public long[] Shape { get; }

    /// <summary>All values, the last axis fastest: <c>float[]</c> where the model computes floats, <c>int[]</c> for integers.</summary>
    public Array Values { get; }

    /// <summary>Type that the model declares: the name of an <see cref="Elements.ElementType"/>.</summary>
    public string ElementType => Type.ToString();

    internal Elements.ElementType Type { get; }

    /// <summary>The value at an index along each axis; a single index counts through all values. Negative ones count from the end.</summary>
    public object? this[params int[] index] => Values.GetValue(Offset(index));

    /// <summary>One of the entries along the first axis, copied.</summary>
    public MultiArray Slice(long index)
    {
        int length = checked((int)(Values.Length / Shape[0]));
        Array values = Array.CreateInstance(Values.GetType().GetElementType()!, length);
        Array.Copy(Values, index * length, values, 0, length);
        return new MultiArray(values, Shape.Skip(1).ToArray());
    }

    /// <summary>Element type and shape, as inputs are described: <c>Float32 [1, 3, 224, 224]</c>.</summary>
    public override string ToString() => $"{ElementType} [{string.Join(", ", Shape)}]";

    private long Offset(int[] index)
    {
        if (index.Length == 1)
        {
            return FromStart(index[0], Values.Length);
        }

        if (index.Length != Shape.Length)
        {
            throw new ArgumentException($"{index.Length} indices were given for {Shape.Length} axes.", nameof(index));
        }

        long offset = 0;
        for (int axis = 0; axis < index.Length; axis++)
        {
            offset = (offset * Shape[axis]) + FromStart(index[axis], Shape[axis]);
        }

        return offset;
    }

    private static long FromStart(int index, long length)
    {
        long at = index < 0 ? index + length : index;
        return at >= 0 && at < length
            ? at
            : throw new IndexOutOfRangeException($"Index {index} is outside the {length} values of its axis.");
    }
}
