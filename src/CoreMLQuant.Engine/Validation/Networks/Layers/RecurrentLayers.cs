using System.Collections.Generic;
using System.Linq;
using CoreMLQuant.Specification.Schema.Details;
using Nonlinearity = CoreMLQuant.Specification.Schema.Details.ActivationDetails.NonlinearityTypeOneofCase;
using Kind = CoreMLQuant.Specification.Schema.Details.LayerDetails.LayerOneofCase;

namespace CoreMLQuant.Validation.Networks.Layers;

/// <summary>Rules for recurrent layers.</summary>
internal static class RecurrentLayers
{
    private const int ActivationsOfAnLstm = 3;

    /// <summary>The rules.</summary>
    public static readonly LayerRule[] Rules =
    [
        new(1, Count.Two, Count.Two, Kind.SimpleRecurrent)
        {
            Ranks = RankRule.Five,
            Settings = layer => layer.Details.SimpleRecurrent.Activation.Count == 0 ? ["the activation is not set."] : Activations(layer.Details.SimpleRecurrent.Activation),
        },
        new(1, new Count(1, 2), Count.Two, Kind.Gru) { Ranks = RankRule.Five, Settings = layer => Activations(layer.Details.Gru.Activation) },
        new(1, new Count(1, 3), new Count(3, 3), Kind.UniDirectionalLSTM) { Ranks = RankRule.Five, Settings = layer => Three("activations", layer.Details.UniDirectionalLSTM.Activation) },
        new(1, new Count(1, 5), new Count(5, 5), Kind.BiDirectionalLSTM)
        {
            Ranks = RankRule.Five,
            Settings = layer => Three("activationsForwardLSTM", layer.Details.BiDirectionalLSTM.Activation)
                .Concat(Three("activationsBackwardLSTM", layer.Details.BiDirectionalLSTM.Backward))
                .Concat(LayerContext.Unmet((layer.Layer.BiDirectionalLSTM.WeightParams.Count == 2, "'weightParams' has one entry for each direction."))),
        },
    ];

    private static IEnumerable<string> Three(string name, IReadOnlyList<ActivationDetails> activations) =>
        LayerContext.Unmet((activations.Count == ActivationsOfAnLstm, $"'{name}' has {activations.Count} entries; it has {ActivationsOfAnLstm}.")).Concat(Activations(activations));

    // Others have parameters, or are none of the gates'.
    private static IEnumerable<string> Activations(IReadOnlyList<ActivationDetails> activations) => activations
        .Where(activation => activation.NonlinearityTypeCase
            is not (Nonlinearity.Linear or Nonlinearity.Sigmoid or Nonlinearity.Tanh or Nonlinearity.ScaledTanh or Nonlinearity.SigmoidHard or Nonlinearity.ReLU))
        .Select(activation => activation.NonlinearityTypeCase == Nonlinearity.None
            ? "an activation is not set, or is none that is known."
            : $"a recurrent layer does not take the activation {activation.NonlinearityTypeCase}.");
}
