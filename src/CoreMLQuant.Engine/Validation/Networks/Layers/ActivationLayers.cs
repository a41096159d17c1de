using System.Collections.Generic;
using System.Linq;
using CoreMLQuant.Specification.Schema;
using Nonlinearity = CoreMLQuant.Specification.Schema.Details.ActivationDetails.NonlinearityTypeOneofCase;
using Kind = CoreMLQuant.Specification.Schema.Details.LayerDetails.LayerOneofCase;

namespace CoreMLQuant.Validation.Networks.Layers;

/// <summary>Rules for activations.</summary>
internal static class ActivationLayers
{
    /// <summary>The rules.</summary>
    public static readonly LayerRule[] Rules =
    [
        new(1, Count.One, Count.One, Kind.Activation) { FurtherRanks = Ranks, Settings = Activation },
        new(4, Count.One, Count.One, Kind.Erf, Kind.Gelu),
        new(5, Count.One, Count.One, Kind.ClampedReLU),
    ];

    // Activations with a weight for each channel need to know the channels.
    private static IEnumerable<string> Ranks(LayerContext layer) => layer.Details.Activation.NonlinearityTypeCase is Nonlinearity.PReLU or Nonlinearity.ParametricSoftplus
        ? Settings.SameRank(layer.InputRank(0), layer.OutputRank(0), "input and output").Concat(LayerContext.Unmet(
            (layer.InputRank(0) is null or >= 3, $"the input has rank {layer.InputRank(0)}; it is at least 3."),
            (layer.OutputRank(0) is null or >= 3, $"the output has rank {layer.OutputRank(0)}; it is at least 3.")))
        : [];

    private static IEnumerable<string> Activation(LayerContext layer)
    {
        if (layer.Details.Activation.NonlinearityTypeCase == Nonlinearity.None)
        {
            return ["the activation is not set, or is none that is known."];
        }

        return layer.Layer.Activation.ParametricSoftplus is { } softplus && Form(softplus.Alpha) != Form(softplus.Beta)
            ? ["'alpha' and 'beta' are stored in different forms; they must be in the same."]
            : [];
    }

    private static string Form(WeightParams? weight) => weight switch
    {
        null => string.Empty,
        { FloatValue.Length: > 0 } => "FP32",
        { Float16Value.Length: > 0 } => "FP16",
        { RawValue.Length: > 0, Quantization: not null } => "quantized",
        { Int8RawValue.Length: > 0, Quantization: not null } => "int8",
        _ => string.Empty,
    };
}
