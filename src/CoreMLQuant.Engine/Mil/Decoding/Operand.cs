using System.Collections.Generic;
using CoreMLQuant.Elements;
using CoreMLQuant.Specification.Schema;

namespace CoreMLQuant.Mil.Decoding;

/// <summary>A parameter of a compressed constant: stored, or made by another compressed constant.</summary>
/// <param name="Name">The parameter.</param>
/// <param name="Stored">The stored value; <see langword="null"/> when it is made.</param>
/// <param name="Made">The value that is made; <see langword="null"/> when it is stored.</param>
internal sealed record Operand(string Name, Value? Stored, ValueNode? Made)
{
    /// <summary>Type of its elements.</summary>
    public ElementType Type => MilTypes.ElementTypeOf(Declared);

    /// <summary>Its dimensions.</summary>
    public IReadOnlyList<long> Shape { get; } = MilTypes.ShapeOf(Stored?.Type ?? Made?.Declaration.Type);

    /// <summary>Number of its elements; 0 when its type does not tell, which is then refused where it is read.</summary>
    public long Count => MilTypes.ElementCount(Declared) ?? 0;

    private ValueType? Declared => Stored?.Type ?? Made?.Declaration.Type;
}
