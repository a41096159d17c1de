using System;
using System.Collections.Generic;
using System.Linq;
using CoreMLQuant.Onnx.Graphs;

namespace CoreMLQuant.Onnx.Programs.Operations;

/// <summary>Activations.</summary>
internal static class ActivationForms
{
    /// <summary>The operations.</summary>
    public static IEnumerable<OperationForm> All =>
    [
        OperationForm.Of("relu", context => context.Graph.Unary("Relu", context.Input("x"))),
        OperationForm.Of("relu6", context => Clipped(context, context.Input("x"), 0, 6)),
        OperationForm.Of("sigmoid", context => context.Graph.Unary("Sigmoid", context.Floats("x"))),
        OperationForm.Of("softplus", context => context.Graph.Unary("Softplus", context.Floats("x"))),
        OperationForm.Of("softsign", context => context.Graph.Unary("Softsign", context.Floats("x"))),
        OperationForm.Of("softmax", Softmax) with { Trap = "Core ML accumulates FP16 at a width of its own." },
        OperationForm.Of("elu", context => WithAlpha(context, "Elu")),
        OperationForm.Of("leaky_relu", context => WithAlpha(context, "LeakyRelu")),
        OperationForm.Of("prelu", context => context.Graph.Add("PRelu", OnnxTensorType.Float, context.Input("x").Shape, [context.Input("x"), PerChannel(context, "alpha")]))
            with { Trap = "Alpha belongs to axis 1." },
        OperationForm.Of("clamped_relu", context => context.Graph.Binary("Min", WithAlpha(context, "LeakyRelu"), context.Input("beta"))),
        OperationForm.Of("gelu", Gelu),
        OperationForm.Of("silu", context => context.Graph.Times(context.Input("x"), context.Graph.Unary("Sigmoid", context.Input("x")))),
        OperationForm.Of("linear_activation", context => Line(context, context.Input("x"))),
        OperationForm.Of("scaled_tanh", context =>
            context.Graph.Times(context.Input("alpha"), context.Graph.Unary("Tanh", context.Graph.Times(context.Input("beta"), context.Input("x"))))),
        OperationForm.Of("sigmoid_hard", context => Clipped(context, Line(context, context.Input("x")), 0, 1)),
        OperationForm.Of("softplus_parametric", context => context.Graph.Times(
            PerChannel(context, "alpha"), context.Graph.Unary("Softplus", context.Graph.Times(PerChannel(context, "beta"), context.Input("x")))))
            with { Trap = "Alpha and beta belong to axis 1." },
        OperationForm.Of("thresholded_relu", Thresholded) with { Trap = "Keeps what equals alpha, which ONNX's operator does not." },
    ];

    private static OnnxValue WithAlpha(OperationContext context, string operatorType)
    {
        OnnxValue x = context.Input("x");
        return context.Graph.Add(operatorType, x.Type, x.Shape, [x], OnnxAttributes.Number("alpha", context.Number("alpha")));
    }

    private static OnnxValue Line(OperationContext context, OnnxValue x) =>
        context.Graph.Plus(context.Graph.Times(context.Input("alpha"), x), context.Input("beta"));

    private static OnnxValue Clipped(OperationContext context, OnnxValue x, float low, float high) =>
        context.Graph.Clipped(x, context.Graph.Like(x, low), context.Graph.Like(x, high));

    private static OnnxValue Softmax(OperationContext context)
    {
        OnnxValue x = context.Floats("x");
        return context.Graph.Add("Softmax", x.Type, x.Shape, [x], OnnxAttributes.Integer("axis", context.Integer("axis", -1)));
    }

    private static OnnxValue Gelu(OperationContext context)
    {
        OnnxValue x = context.Input("x");
        GraphBuilder graph = context.Graph;
        return context.Text("mode", "EXACT") switch
        {
            "EXACT" => ActivationNodes.Gelu(graph, x),
            "TANH_APPROXIMATION" => ActivationNodes.GeluTanh(graph, x),
            "SIGMOID_APPROXIMATION" => graph.Times(x, graph.Unary("Sigmoid", graph.Times(graph.Constants.Float(1.702f), x))),
            var mode => throw new NotTranslatableException($"its mode '{mode}' is not known."),
        };
    }

    private static OnnxValue Thresholded(OperationContext context)
    {
        OnnxValue x = context.Input("x");
        GraphBuilder graph = context.Graph;
        return graph.Where(graph.Truth("Less", x, context.Input("alpha")), graph.Constants.Float(0), x);
    }

    private static OnnxValue PerChannel(OperationContext context, string name)
    {
        OnnxValue value = context.Input(name), x = context.Input("x");
        int following = Math.Max((x.Rank ?? throw new NotTranslatableException("the rank of its input is not known.")) - 2, 0);
        return context.Graph.Reshape(value, [-1, .. Enumerable.Repeat(1L, following)]);
    }
}
