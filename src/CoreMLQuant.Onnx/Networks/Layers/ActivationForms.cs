using System.Collections.Generic;
using System.Linq;
using CoreMLQuant.Onnx.Graphs;
using CoreMLQuant.Specification.Schema.Details;
using Nonlinearity = CoreMLQuant.Specification.Schema.Details.ActivationDetails.NonlinearityTypeOneofCase;
using Kind = CoreMLQuant.Specification.Schema.Details.LayerDetails.LayerOneofCase;

namespace CoreMLQuant.Onnx.Networks.Layers;

/// <summary>Activations.</summary>
internal static class ActivationForms
{
    private const int GeluTanh = 1, GeluSigmoid = 2;

    /// <summary>The layers.</summary>
    public static IEnumerable<LayerForm> All =>
    [
        LayerForm.Of(Kind.Activation, Activation) with { Trap = "A thresholded ReLU keeps what equals its threshold; weights of channels lie along the third axis from the end." },
        LayerForm.Of(Kind.ClampedReLU, Clamped),
        LayerForm.Of(Kind.Gelu, Gelu),
    ];

    private static OnnxValue Activation(LayerContext layer)
    {
        ActivationDetails settings = layer.Settings.Activation;
        return settings.NonlinearityTypeCase switch
        {
            Nonlinearity.PReLU => layer.Graph.Add("PRelu", OnnxTensorType.Float, layer.X.Shape, [layer.X, PerChannel(layer, "PReLU.alpha")]),
            Nonlinearity.ParametricSoftplus => ParametricSoftplus(layer),
            _ => Of(layer.Graph, layer.X, settings),
        };
    }

    /// <summary>An activation without weights.</summary>
    /// <exception cref="NotTranslatableException">It has weights, or is none.</exception>
    public static OnnxValue Of(GraphBuilder graph, OnnxValue x, ActivationDetails settings)
    {
        switch (settings.NonlinearityTypeCase)
        {
            case Nonlinearity.Linear:
                return graph.Plus(graph.Times(x, graph.Constants.Float(settings.Linear.Alpha)), graph.Constants.Float(settings.Linear.Beta));
            case Nonlinearity.ReLU:
                return graph.Unary("Relu", x);
            case Nonlinearity.LeakyReLU:
                return With(graph, "LeakyRelu", x, settings.LeakyReLU.Alpha);
            case Nonlinearity.ThresholdedReLU:
                OnnxValue threshold = graph.Constants.Float(settings.ThresholdedReLU.Alpha);
                return graph.Where(graph.Truth("GreaterOrEqual", x, threshold), x, graph.Constants.Float(0));
            case Nonlinearity.Tanh:
                return graph.Unary("Tanh", x);
            case Nonlinearity.ScaledTanh:
                return graph.Times(graph.Unary("Tanh", graph.Times(x, graph.Constants.Float(settings.ScaledTanh.Beta))), graph.Constants.Float(settings.ScaledTanh.Alpha));
            case Nonlinearity.Sigmoid:
                return graph.Unary("Sigmoid", x);
            case Nonlinearity.SigmoidHard:
                return graph.Add(
                    "HardSigmoid", x.Type, x.Shape, [x], OnnxAttributes.Number("alpha", settings.SigmoidHard.Alpha), OnnxAttributes.Number("beta", settings.SigmoidHard.Beta));
            case Nonlinearity.ELU:
                return With(graph, "Elu", x, settings.ELU.Alpha);
            case Nonlinearity.Softsign:
                return graph.Unary("Softsign", x);
            case Nonlinearity.Softplus:
                return graph.Unary("Softplus", x);
            default:
                throw new NotTranslatableException("its activation is not set, or has weights where none can be.");
        }
    }

    private static OnnxValue With(GraphBuilder graph, string operatorType, OnnxValue x, float alpha) =>
        graph.Add(operatorType, x.Type, x.Shape, [x], OnnxAttributes.Number("alpha", alpha));

    private static OnnxValue ParametricSoftplus(LayerContext layer)
    {
        GraphBuilder graph = layer.Graph;
        OnnxValue alpha = PerChannel(layer, "parametricSoftplus.alpha"), beta = PerChannel(layer, "parametricSoftplus.beta");
        return graph.Times(alpha, graph.Unary("Softplus", graph.Times(beta, layer.X)));
    }

    private static OnnxValue PerChannel(LayerContext layer, string name)
    {
        OnnxValue weight = layer.Weight(name);
        return weight.Dimension(0) == 1 ? weight : layer.Graph.Reshape(weight, [-1, .. Enumerable.Repeat(1L, System.Math.Min(layer.Rank(layer.X), LayerRanks.Image) - 1)]);
    }

    private static OnnxValue Clamped(LayerContext layer)
    {
        AlphaBetaDetails settings = layer.Settings.ClampedReLU;
        return layer.Graph.Binary("Min", With(layer.Graph, "LeakyRelu", layer.X, settings.Alpha), layer.Graph.Constants.Float(settings.Beta));
    }

    private static OnnxValue Gelu(LayerContext layer) => layer.Settings.Gelu.Mode switch
    {
        GeluTanh => ActivationNodes.GeluTanh(layer.Graph, layer.X),
        GeluSigmoid => layer.Graph.Times(layer.X, layer.Graph.Unary("Sigmoid", layer.Graph.Times(layer.X, layer.Graph.Constants.Float(1.702f)))),
        _ => ActivationNodes.Gelu(layer.Graph, layer.X),
    };
}
