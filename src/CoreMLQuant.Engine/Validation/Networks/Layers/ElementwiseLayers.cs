using Kind = CoreMLQuant.Specification.Schema.Details.LayerDetails.LayerOneofCase;

namespace CoreMLQuant.Validation.Networks.Layers;

/// <summary>Rules for what is done value by value.</summary>
internal static class ElementwiseLayers
{
    /// <summary>The rules.</summary>
    public static readonly LayerRule[] Rules =
    [
        new(1, Count.Some, Count.One, Kind.Add, Kind.Multiply, Kind.Average, Kind.Max, Kind.Min),
        new(1, Count.One, Count.One, Kind.Unary) { Ranks = RankRule.Same },
        new(4, Count.One, Count.One, Kind.Ceil, Kind.Floor, Kind.Round, Kind.Sign, Kind.Exp2),
        new(4, Count.One, Count.One, Kind.Sin, Kind.Cos, Kind.Tan, Kind.Asin, Kind.Acos, Kind.Atan),
        new(4, Count.One, Count.One, Kind.Sinh, Kind.Cosh, Kind.Tanh, Kind.Asinh, Kind.Acosh, Kind.Atanh),
        new(4, Count.One, Count.One, Kind.Clip) { Settings = layer => Settings.Ordered(layer.Details.Clip.MinVal, layer.Details.Clip.MaxVal) },
        new(4, Count.One, Count.One, Kind.LogicalNot),
        new(4, Count.Two, Count.One, Kind.LogicalAnd, Kind.LogicalOr, Kind.LogicalXor),
        new(4, new Count(1, 2), Count.One, Kind.Equal, Kind.NotEqual, Kind.LessThan, Kind.LessEqual, Kind.GreaterThan, Kind.GreaterEqual),
        new(4, Count.Two, Count.One, Kind.AddBroadcastable, Kind.SubtractBroadcastable, Kind.MultiplyBroadcastable, Kind.DivideBroadcastable),
        new(4, Count.Two, Count.One, Kind.MaxBroadcastable, Kind.MinBroadcastable, Kind.PowBroadcastable, Kind.FloorDivBroadcastable, Kind.ModBroadcastable),
        new(4, new Count(3, 3), Count.One, Kind.WhereBroadcastable),
    ];
}
