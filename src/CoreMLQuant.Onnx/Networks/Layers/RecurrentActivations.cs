using System.Collections.Generic;
using System.Linq;
using CoreMLQuant.Onnx.Graphs;
using CoreMLQuant.Specification.Schema.Details;
using Nonlinearity = CoreMLQuant.Specification.Schema.Details.ActivationDetails.NonlinearityTypeOneofCase;

namespace CoreMLQuant.Onnx.Networks.Layers;

/// <summary>Activations of recurrent layers.</summary>
internal static class RecurrentActivations
{
    /// <summary>The activations of a layer.</summary>
    /// <param name="activations">The activations; none for the usual ones.</param>
    /// <param name="usual">The names of those.</param>
    /// <exception cref="NotTranslatableException">A recurrent operator has no such activation.</exception>
    public static RecurrentActivation[] Of(IReadOnlyList<ActivationDetails> activations, params string[] usual) => activations.Count == 0
        ? usual.Select(RecurrentActivation.Of).ToArray()
        : activations.Count >= usual.Length
            ? activations.Take(usual.Length).Select(Of).ToArray()
            : throw new NotTranslatableException($"it has {activations.Count} activations; {usual.Length} are needed.");

    private static RecurrentActivation Of(ActivationDetails activation) => activation.NonlinearityTypeCase switch
    {
        Nonlinearity.Sigmoid => new("Sigmoid", null, null),
        Nonlinearity.Tanh => new("Tanh", null, null),
        Nonlinearity.ReLU => new("Relu", null, null),
        Nonlinearity.Linear => Numbered("linear", activation.Linear),
        Nonlinearity.SigmoidHard => Numbered("sigmoid_hard", activation.SigmoidHard),
        Nonlinearity.ScaledTanh => Numbered("scaled_tanh", activation.ScaledTanh),
        var other => throw new NotTranslatableException($"its activation {other} has no translation in a recurrent layer."),
    };

    // Converters leave the numbers out: 0 and 0 are the usual ones.
    private static RecurrentActivation Numbered(string name, AlphaBetaDetails numbers) => numbers.Alpha == 0 && numbers.Beta == 0
        ? RecurrentActivation.Of(name)
        : RecurrentActivation.Of(name) with { Alpha = numbers.Alpha, Beta = numbers.Beta };
}
