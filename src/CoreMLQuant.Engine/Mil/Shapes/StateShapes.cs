using System.Collections.Generic;

namespace CoreMLQuant.Mil.Shapes;

/// <summary>Operations that hand values on: states, and names for values.</summary>
internal static class StateShapes
{
    /// <summary>The operations.</summary>
    public static IEnumerable<ShapeRule> All =>
    [
        ShapeRule.Of("identity", inputs => inputs.Type("x")),
        ShapeRule.Of("read_state", inputs => InferredType.Of(inputs.DeclaredType("input")?.StateType?.WrappedType)),
        new ShapeRule("write_state", _ => []),
    ];
}
