using System.Collections.Generic;
using System.Linq;
using CoreMLQuant.Specification.Schema.Details;
using Nonlinearity = CoreMLQuant.Specification.Schema.Details.ActivationDetails.NonlinearityTypeOneofCase;

namespace CoreMLQuant.Onnx.Networks.Layers;

/// <summary>Activations of recurrent layers by the names that ML Programs have for them.</summary>
internal static class RecurrentActivations
{
    private const float Tolerance = 1e-3f;

    /// <summary>The names of activations.</summary>
    /// <param name="activations">The activations; none for the usual ones.</param>
    /// <param name="usual">The names of those.</param>
    /// <exception cref="NotTranslatableException">A recurrent operator has no such activation.</exception>
    public static string[] Names(IReadOnlyList<ActivationDetails> activations, params string[] usual) => activations.Count == 0
        ? usual
        : activations.Count >= usual.Length
            ? activations.Take(usual.Length).Select(Name).ToArray()
            : throw new NotTranslatableException($"it has {activations.Count} activations; {usual.Length} are needed.");

    private static string Name(ActivationDetails activation) => activation.NonlinearityTypeCase switch
    {
        Nonlinearity.Sigmoid => "sigmoid",
        Nonlinearity.Tanh => "tanh",
        Nonlinearity.ReLU => "relu",
        Nonlinearity.Linear when Are(activation.Linear, 1, 0) => "linear",
        Nonlinearity.SigmoidHard when Are(activation.SigmoidHard, 0.2f, 0.5f) => "sigmoid_hard",
        Nonlinearity.ScaledTanh when Are(activation.ScaledTanh, 1.7159f, 2f / 3) => "scaled_tanh",
        var other => throw new NotTranslatableException($"its activation {other} has no translation with these numbers."),
    };

    private static bool Are(AlphaBetaDetails numbers, float alpha, float beta) =>
        System.Math.Abs(numbers.Alpha - alpha) < Tolerance && System.Math.Abs(numbers.Beta - beta) < Tolerance;
}
