using System;
using System.Collections.Generic;
using System.Linq;

namespace CoreMLQuant.Onnx.Graphs;

/// <summary>Nodes that compute element by element.</summary>
internal static class ArithmeticNodes
{
    private static readonly Dictionary<string, Func<long, long, long>> IntegerFolds = new(StringComparer.Ordinal)
    {
        ["Add"] = (a, b) => checked(a + b),
        ["Sub"] = (a, b) => checked(a - b),
        ["Mul"] = (a, b) => checked(a * b),
        ["Max"] = Math.Max,
        ["Min"] = Math.Min,
    };

    /// <summary>A function of each element.</summary>
    public static OnnxValue Unary(this GraphBuilder graph, string operatorType, OnnxValue x) => graph.Add(operatorType, x.Type, x.Shape, [x]);

    /// <summary>A function of two tensors, broadcast; integers that are known stay known.</summary>
    public static OnnxValue Binary(this GraphBuilder graph, string operatorType, OnnxValue a, OnnxValue b) =>
        Folded(graph, operatorType, a, b) ?? graph.Add(operatorType, a.Type, ShapeArithmetic.Broadcast(a.Shape, b.Shape), [a, b]);

    /// <summary>Sum.</summary>
    public static OnnxValue Plus(this GraphBuilder graph, OnnxValue a, OnnxValue b) => graph.Binary("Add", a, b);

    /// <summary>Difference.</summary>
    public static OnnxValue Minus(this GraphBuilder graph, OnnxValue a, OnnxValue b) => graph.Binary("Sub", a, b);

    /// <summary>Product.</summary>
    public static OnnxValue Times(this GraphBuilder graph, OnnxValue a, OnnxValue b) => graph.Binary("Mul", a, b);

    /// <summary>Quotient; of integers it is cut towards zero.</summary>
    public static OnnxValue Over(this GraphBuilder graph, OnnxValue a, OnnxValue b) => graph.Binary("Div", a, b);

    /// <summary>A comparison or a logical operation.</summary>
    public static OnnxValue Truth(this GraphBuilder graph, string operatorType, OnnxValue a, OnnxValue b) =>
        graph.Add(operatorType, OnnxTensorType.Bool, ShapeArithmetic.Broadcast(a.Shape, b.Shape), [a, b]);

    /// <summary>The opposite.</summary>
    public static OnnxValue Not(this GraphBuilder graph, OnnxValue x) => graph.Unary("Not", x);

    /// <summary>One or the other.</summary>
    public static OnnxValue Where(this GraphBuilder graph, OnnxValue condition, OnnxValue yes, OnnxValue no) =>
        graph.Add("Where", yes.Type, ShapeArithmetic.Broadcast(condition.Shape, ShapeArithmetic.Broadcast(yes.Shape, no.Shape)), [condition, yes, no]);

    /// <summary>The same numbers in another type; floats lose their fraction on the way to integers.</summary>
    public static OnnxValue Cast(this GraphBuilder graph, OnnxValue x, OnnxTensorType type)
    {
        if (x.Type == type)
        {
            return x;
        }

        bool isInteger = type is OnnxTensorType.Int32 or OnnxTensorType.Int64 or OnnxTensorType.Bool;
        return x.Known is { } known && isInteger && x.Shape is { } shape
            ? graph.Constants.Integers(known, type, shape)
            : graph.Add("Cast", type, x.Shape, [x], OnnxAttributes.Integer("to", (long)type));
    }

    /// <summary>
    /// FP32 values rounded to what FP16 can hold. Two casts: a session removes casts from FP16 to FP32 and back, never these.
    /// </summary>
    public static OnnxValue RoundedToHalf(this GraphBuilder graph, OnnxValue x) =>
        graph.Cast(graph.Cast(x, OnnxTensorType.Float16), OnnxTensorType.Float);

    /// <summary>A constant of the type of another value.</summary>
    public static OnnxValue Like(this GraphBuilder graph, OnnxValue model, double value) => model.IsFloat
        ? graph.Constants.Float((float)value)
        : graph.Constants.Integers([(long)value], model.Type, []);

    /// <summary>The largest integer not above: integers stay as they are.</summary>
    public static OnnxValue Floor(this GraphBuilder graph, OnnxValue x) => x.IsFloat ? graph.Unary("Floor", x) : x;

    /// <summary>Kept within bounds; where they cross, the upper one wins.</summary>
    public static OnnxValue Clipped(this GraphBuilder graph, OnnxValue x, OnnxValue low, OnnxValue high) =>
        graph.Binary("Min", graph.Binary("Max", x, low), high);

    private static OnnxValue? Folded(GraphBuilder graph, string operatorType, OnnxValue a, OnnxValue b)
    {
        if (a.Known is not { } first || b.Known is not { } second || a.Type != b.Type || a.Rank > 1 || b.Rank > 1
            || !IntegerFolds.TryGetValue(operatorType, out Func<long, long, long>? fold)
            || (first.Count != second.Count && first.Count != 1 && second.Count != 1))
        {
            return null;
        }

        int count = first.Count == 1 ? second.Count : first.Count;
        long[] folded = Enumerable.Range(0, count).Select(i => fold(first[first.Count == 1 ? 0 : i], second[second.Count == 1 ? 0 : i])).ToArray();
        return graph.Constants.Integers(folded, a.Type, a.Rank + b.Rank == 0 ? [] : [count]);
    }
}
