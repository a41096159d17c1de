using System.Collections.Generic;
using System.Linq;
using CoreMLQuant.Elements;
using CoreMLQuant.Onnx.Graphs;

namespace CoreMLQuant.Onnx.Programs.Operations;

/// <summary>Functions of each element, of one operand or two.</summary>
internal static class ElementwiseForms
{
    private static readonly (string Type, string Operator)[] Functions =
    [
        ("acos", "Acos"), ("asin", "Asin"), ("atan", "Atan"), ("atanh", "Atanh"), ("cos", "Cos"), ("cosh", "Cosh"), ("erf", "Erf"),
        ("exp", "Exp"), ("sin", "Sin"), ("sinh", "Sinh"), ("sqrt", "Sqrt"), ("tan", "Tan"), ("tanh", "Tanh"),
    ];

    // Integers are whole already.
    private static readonly (string Type, string Operator)[] Roundings = [("ceil", "Ceil"), ("floor", "Floor"), ("round", "Round")];

    private static readonly (string Type, string Operator)[] Products =
        [("add", "Add"), ("sub", "Sub"), ("mul", "Mul"), ("maximum", "Max"), ("minimum", "Min"), ("pow", "Pow")];

    /// <summary>The operations.</summary>
    public static IEnumerable<OperationForm> All =>
    [
        .. Functions.Select(pair => OperationForm.Of(pair.Type, context => context.Graph.Unary(pair.Operator, context.Floats("x")))),
        .. Roundings.Select(pair => OperationForm.Of(pair.Type, context => Rounded(context, pair.Operator)) with { Trap = "Ties go to the even number; the system's own rounding of ties may differ." }),
        .. Products.Select(pair => OperationForm.Of(pair.Type, context => context.Graph.Binary(pair.Operator, context.Input("x"), Second(context)))),
        OperationForm.Of("abs", context => context.Graph.Unary("Abs", context.Input("x"))),
        OperationForm.Of("sign", context => context.Graph.Unary("Sign", context.Input("x"))),
        OperationForm.Of("square", context => context.Graph.Times(context.Input("x"), context.Input("x"))),
        OperationForm.Of("exp2", context => context.Graph.Binary("Pow", context.Graph.Constants.Float(2), context.Floats("x"))),
        OperationForm.Of("inverse", context => context.Graph.Unary("Reciprocal", Shifted(context, 1e-4f))),
        OperationForm.Of("log", context => context.Graph.Unary("Log", Shifted(context, 1e-45f))) with { Trap = "The default epsilon is subnormal and may be flushed to zero." },
        OperationForm.Of("rsqrt", context => context.Graph.Unary("Reciprocal", context.Graph.Unary("Sqrt", Shifted(context, 1e-12f)))),
        OperationForm.Of("threshold", context => context.Graph.Binary("Max", context.Input("x"), context.Input("alpha"))),
        OperationForm.Of("clip", context => context.Graph.Clipped(context.Input("x"), context.Input("alpha"), context.Input("beta"))),
        OperationForm.Of("real_div", RealDivision) with { Trap = "Integers are divided as floats and lose the fraction." },
        OperationForm.Of("floor_div", FloorDivision) with { Trap = "Rounds down, where ONNX's division of integers cuts." },
        OperationForm.Of("mod", Modulo) with { Trap = "Has the sign of the divisor." },
        OperationForm.Of("cast", Cast) with { Trap = "Floats lose their fraction; what integers of the target type cannot hold wraps." },
        OperationForm.Moving("identity", context => context.Input("x")),
        OperationForm.Moving("select", context =>
            context.Graph.Where(context.Graph.Cast(context.Input("cond"), OnnxTensorType.Bool), context.Input("a"), context.Graph.Cast(context.Input("b"), context.Input("a").Type))),
    ];

    private static OnnxValue Second(OperationContext context) => context.Graph.Cast(context.Input("y"), context.Input("x").Type);

    private static OnnxValue Rounded(OperationContext context, string operatorType) =>
        context.Input("x") is { IsFloat: true } x ? context.Graph.Unary(operatorType, x) : context.Input("x");

    private static OnnxValue Shifted(OperationContext context, float epsilon) =>
        context.Graph.Plus(context.Floats("x"), context.Graph.Constants.Float(context.Number("epsilon", epsilon)));

    private static OnnxValue RealDivision(OperationContext context) => context.Graph.Over(context.Floats("x"), context.Floats("y"));

    private static OnnxValue FloorDivision(OperationContext context)
    {
        OnnxValue x = context.Input("x"), y = Second(context);
        GraphBuilder graph = context.Graph;
        return x.IsFloat ? graph.Floor(graph.Over(x, y)) : graph.Over(graph.Minus(x, graph.Binary("Mod", x, y)), y);
    }

    private static OnnxValue Modulo(OperationContext context)
    {
        OnnxValue x = context.Input("x"), y = Second(context);
        GraphBuilder graph = context.Graph;
        return x.IsFloat ? graph.Minus(x, graph.Times(graph.Floor(graph.Over(x, y)), y)) : graph.Binary("Mod", x, y);
    }

    private static OnnxValue Cast(OperationContext context)
    {
        OnnxValue x = context.Input("x");
        OnnxTensorType? narrow = context.OutputType() switch
        {
            ElementType.Int8 => OnnxTensorType.Int8,
            ElementType.UInt8 => OnnxTensorType.UInt8,
            ElementType.Int16 => OnnxTensorType.Int16,
            ElementType.UInt16 => OnnxTensorType.UInt16,
            _ => null,
        };
        if (narrow is null || x.Type == OnnxTensorType.Bool || x.Known is not null)
        {
            return context.Graph.Cast(x, context.OutputType().ToOnnx());
        }

        return context.Graph.Cast(context.Graph.Cast(context.Graph.Cast(x, OnnxTensorType.Int32), narrow.Value), OnnxTensorType.Int32);
    }
}
