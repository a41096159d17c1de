using System.Collections.Generic;
using System.Linq;
using CoreMLQuant.Elements;
using CoreMLQuant.Specification.Schema;

namespace CoreMLQuant.Mil.Shapes;

/// <summary>The type of a tensor, as far as it is known before a program runs.</summary>
/// <param name="ElementType">Type of its elements; <see cref="ElementType.Unknown"/> where it is not known, and for what is no tensor.</param>
/// <param name="Sizes">Its dimensions, <see cref="UnknownSize"/> for one that is not known; <see langword="null"/> when not even their number is.</param>
internal sealed record InferredType(ElementType ElementType, IReadOnlyList<long>? Sizes)
{
    /// <summary>A dimension that is decided while the program runs.</summary>
    public const long UnknownSize = -1;

    private const long VariableRank = -1;

    /// <summary>Nothing is known.</summary>
    public static InferredType Unknown { get; } = new(ElementType.Unknown, null);

    /// <summary>Number of dimensions, where it is known.</summary>
    public int? Rank => Sizes?.Count;

    /// <summary>Number of elements, where it is known and fits 63 bits.</summary>
    public long? Count => Sizes is null ? null : ShapeArithmetic.Product(Sizes);

    /// <summary>The type that a program declares.</summary>
    public static InferredType Of(ValueType? type) => type?.TensorType is not { } tensor ? Unknown
        : new InferredType(
            tensor.DataType.ToElementType(),
            HasAnyRank(tensor) ? null : MilTypes.ShapeOf(type));

    private static bool HasAnyRank(TensorType tensor)
    {
        for (int i = 0; i < tensor.Dimensions.Count; i++)
        {
            if (tensor.Dimensions[i].Unknown is { Variadic: true })
            {
                return true;
            }
        }

        return tensor.Rank == VariableRank && tensor.Dimensions.Count == 0;
    }

    /// <summary>The type of elements that all of several have; unknown when they differ.</summary>
    public static ElementType CommonElementType(params InferredType[] types) =>
        types.Length > 0 && types.All(type => type.ElementType == types[0].ElementType) ? types[0].ElementType : ElementType.Unknown;

    /// <summary>The same dimensions of another type of elements.</summary>
    public InferredType As(ElementType type) => this with { ElementType = type };

    /// <summary>The same type of elements in other dimensions.</summary>
    public InferredType With(IReadOnlyList<long>? sizes) => this with { Sizes = sizes };

    /// <summary>Whether no value can be of both types.</summary>
    public bool Contradicts(InferredType other) =>
        (ElementType != other.ElementType && ElementType != ElementType.Unknown && other.ElementType != ElementType.Unknown)
        || (Sizes is not null && other.Sizes is not null && !ShapeArithmetic.MayBeEqual(Sizes, other.Sizes));

    /// <summary>E.g. <c>fp16 [1, 3, ?]</c>.</summary>
    public override string ToString() =>
        $"{(ElementType == ElementType.Unknown ? "?" : MilTypes.Spelling(ElementType))} {(Sizes is null ? "[...]" : ShapeArithmetic.Text(Sizes))}";
}
