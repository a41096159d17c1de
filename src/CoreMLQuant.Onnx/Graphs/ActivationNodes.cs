using System;

namespace CoreMLQuant.Onnx.Graphs;

/// <summary>Activations that ONNX has only in newer opsets.</summary>
internal static class ActivationNodes
{
    private const int GeluOpset = 20;

    /// <summary>x times the normal distribution's function of x.</summary>
    public static OnnxValue Gelu(GraphBuilder graph, OnnxValue x)
    {
        if (graph.Opset >= GeluOpset)
        {
            return graph.Unary("Gelu", x);
        }

        OnnxValue erf = graph.Unary("Erf", graph.Times(x, graph.Constants.Float((float)Math.Sqrt(0.5))));
        return graph.Times(graph.Times(x, graph.Constants.Float(0.5f)), graph.Plus(erf, graph.Constants.Float(1)));
    }

    /// <summary>The approximation by a hyperbolic tangent.</summary>
    public static OnnxValue GeluTanh(GraphBuilder graph, OnnxValue x)
    {
        if (graph.Opset >= GeluOpset)
        {
            return graph.Add("Gelu", x.Type, x.Shape, [x], OnnxAttributes.Text("approximate", "tanh"));
        }

        OnnxValue cubic = graph.Times(graph.Times(x, graph.Times(x, x)), graph.Constants.Float(0.044715f));
        OnnxValue tanh = graph.Unary("Tanh", graph.Times(graph.Plus(x, cubic), graph.Constants.Float((float)Math.Sqrt(2 / Math.PI))));
        return graph.Times(graph.Times(x, graph.Constants.Float(0.5f)), graph.Plus(tanh, graph.Constants.Float(1)));
    }
}
