using System.Collections.Generic;
using System.Linq;
using Kind = CoreMLQuant.Specification.Schema.Details.LayerDetails.LayerOneofCase;

namespace CoreMLQuant.Validation.Networks.Layers;

/// <summary>The rules of every kind of layer.</summary>
internal static class LayerRegistry
{
    private static readonly Dictionary<Kind, LayerRule> Rules = new[]
    {
        ConvolutionLayers.Rules,
        PoolingLayers.Rules,
        AffineLayers.Rules,
        NormalizationLayers.Rules,
        ActivationLayers.Rules,
        ElementwiseLayers.Rules,
        RecurrentLayers.Rules,
        ReductionLayers.Rules,
        ShapeLayers.Rules,
        SliceLayers.Rules,
        ResamplingLayers.Rules,
        JoiningLayers.Rules,
        IndexLayers.Rules,
        GeneratorLayers.Rules,
        ControlLayers.Rules,
    }.SelectMany(family => family).SelectMany(rule => rule.Kinds, (rule, kind) => (rule, kind)).ToDictionary(pair => pair.kind, pair => pair.rule);

    /// <summary>The rule of a kind; <see langword="null"/> for <see cref="Kind.None"/>, a layer of no known kind.</summary>
    public static LayerRule? Find(Kind kind) => Rules.TryGetValue(kind, out LayerRule? rule) ? rule : null;
}
