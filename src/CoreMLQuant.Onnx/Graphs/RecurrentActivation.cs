using System;
using System.Collections.Generic;

namespace CoreMLQuant.Onnx.Graphs;

/// <summary>An activation of a recurrent layer.</summary>
/// <param name="Operator">ONNX's name in a recurrent operator.</param>
/// <param name="Alpha">Its first number, where it has one.</param>
/// <param name="Beta">Its second number.</param>
internal sealed record RecurrentActivation(string Operator, float? Alpha, float? Beta)
{
    private static readonly Dictionary<string, RecurrentActivation> ByName = new(StringComparer.Ordinal)
    {
        ["sigmoid"] = new("Sigmoid", null, null),
        ["tanh"] = new("Tanh", null, null),
        ["relu"] = new("Relu", null, null),
        ["scaled_tanh"] = new("ScaledTanh", 1.7159f, 2f / 3),
        ["sigmoid_hard"] = new("HardSigmoid", 0.2f, 0.5f),
        ["hard_sigmoid"] = new("HardSigmoid", 0.2f, 0.5f),
        ["linear"] = new("Affine", 1, 0),
    };

    /// <summary>The activation that Core ML calls by a name.</summary>
    /// <exception cref="NotTranslatableException">There is none.</exception>
    public static RecurrentActivation Of(string name) => ByName.TryGetValue(name, out RecurrentActivation? known)
        ? known
        : throw new NotTranslatableException($"its activation '{name}' is not known.");

    /// <summary>The activation as nodes of its own.</summary>
    public OnnxValue Apply(GraphBuilder graph, OnnxValue x) => Operator switch
    {
        "Affine" when Alpha == 1 && Beta == 0 => x,
        "Affine" => graph.Plus(graph.Times(x, graph.Constants.Float(Alpha!.Value)), graph.Constants.Float(Beta!.Value)),
        "ScaledTanh" => graph.Times(graph.Constants.Float(Alpha!.Value), graph.Unary("Tanh", graph.Times(graph.Constants.Float(Beta!.Value), x))),
        "HardSigmoid" => graph.Add(Operator, x.Type, x.Shape, [x], OnnxAttributes.Number("alpha", Alpha!.Value), OnnxAttributes.Number("beta", Beta!.Value)),
        _ => graph.Unary(Operator, x),
    };
}
