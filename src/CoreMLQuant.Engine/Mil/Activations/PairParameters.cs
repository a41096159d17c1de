using System;
using CoreMLQuant.Elements;
using CoreMLQuant.Recipes;
using CoreMLQuant.Tensors;

namespace CoreMLQuant.Mil.Activations;

/// <summary>The parameters of a <c>quantize</c> or a <c>dequantize</c>.</summary>
/// <param name="Type">Int8 or UInt8.</param>
/// <param name="ScaleType">FP16 or FP32: the type of the activation.</param>
/// <param name="Scale">The scale.</param>
/// <param name="ZeroPoint">The integer that stands for 0; 0 is the same as none, and none is written.</param>
internal readonly record struct PairParameters(ElementType Type, ElementType ScaleType, float Scale, int ZeroPoint)
{
    /// <summary>The parameters for a range.</summary>
    /// <param name="range">The range.</param>
    /// <param name="kind">Signed or unsigned, symmetric or affine.</param>
    /// <param name="type">Type of the activation.</param>
    public static PairParameters Of(ActivationRange range, LinearQuantizationRecipe kind, ElementType type)
    {
        TensorQuantization found = TensorQuantization.Of(range.Minimum, range.Maximum, IntegersOf(kind), type == ElementType.Float16);
        return new PairParameters(kind.Unsigned ? ElementType.UInt8 : ElementType.Int8, type, found.Scale, found.ZeroPoint);
    }

    /// <summary>The integers that activations may hold.</summary>
    public static LinearRange IntegersOf(LinearQuantizationRecipe kind) =>
        new(ActivationQuantization.BitWidth, !kind.Unsigned, kind.Mode == QuantizationMode.Symmetric);

    /// <summary>How far the integer that is farthest from the zero point is from it.</summary>
    public int LargestDistance => Type == ElementType.UInt8
        ? Math.Max(ZeroPoint, byte.MaxValue - ZeroPoint)
        : Math.Max(ZeroPoint - sbyte.MinValue, sbyte.MaxValue - ZeroPoint);

    /// <summary>
    /// The same numbers by the other type without a zero point: Int8 with -128 is UInt8 with 0, UInt8 with 128 is Int8 with 0.
    /// <see langword="null"/> for any other zero point.
    /// </summary>
    public PairParameters? WithoutZeroPoint => (Type, ZeroPoint) switch
    {
        (ElementType.Int8, -128) => this with { Type = ElementType.UInt8, ZeroPoint = 0 },
        (ElementType.UInt8, 128) => this with { Type = ElementType.Int8, ZeroPoint = 0 },
        _ => null,
    };
}
