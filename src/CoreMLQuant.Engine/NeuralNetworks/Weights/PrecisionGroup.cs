using System.Collections.Generic;
using System.Linq;
using CoreMLQuant.Elements;
using CoreMLQuant.Models;
using CoreMLQuant.Planning;

namespace CoreMLQuant.NeuralNetworks.Weights;

/// <summary>
/// The weights of one layer, which are FP32 or FP16 together: the format does not allow both in one layer.
/// Quantized weights may stand beside either.
/// </summary>
/// <param name="Layer">The layer.</param>
/// <param name="Weights">Its weights, without empty fields.</param>
/// <param name="Rule">Why none of them may be FP16 by the format's rules; <see langword="null"/> when they may.</param>
/// <param name="Pattern">Why the recipe's patterns leave them alone; <see langword="null"/> when they do not.</param>
internal sealed record PrecisionGroup(NetworkLayer Layer, IReadOnlyList<GroupWeight> Weights, string? Rule, string? Pattern)
{
    /// <summary>Why none of them may be converted to FP16, as far as is known without reading them.</summary>
    public string? KeptBecause => Rule ?? Pattern;

    /// <summary>Collects the weights of a layer of the plan's specification and asks the recipe about them.</summary>
    public static PrecisionGroup Of(PlanBuilder builder, PipelineStage stage, NetworkLayer layer)
    {
        var weights = new List<GroupWeight>();
        foreach (WeightField field in layer.Fields)
        {
            WeightPlace place = WeightPlace.Of(builder.Source, stage.Name, layer, field);
            if (StoredWeight.Read(field, builder.Payloads, place) is { } stored)
            {
                weights.Add(new GroupWeight(field, stored, NetworkWeights.SiteOf(builder.Source, builder.Payloads, stage.Name, layer, field, stored)));
            }
        }

        // Layers without weights are asked about, too: a pattern that names one is not a pattern that matches nothing.
        string? pattern = builder.Rules.Reason([layer.Type, layer.Path, layer.Name, .. weights.Select(weight => weight.Site.Name)]);
        return new PrecisionGroup(layer, weights, stage.Model.IsUpdatable ? "the model is updatable, and training requires FP32" : RuleFor(layer), pattern);
    }

    /// <summary>
    /// Why a layer's weights must stay as floats of 32 bits; <see langword="null"/> when nothing demands it. A frozen layer
    /// of an updatable model may be compressed.
    /// </summary>
    public static string? RuleFor(NetworkLayer layer) =>
        layer.IsUpdatable ? "the layer is updatable, and training requires FP32"
        : layer.Forms == WeightForms.Float32 ? $"{layer.Type} supports only FP32"
        : layer.Forms == WeightForms.Unknown ? "the meaning of a custom layer's weights is unknown"
        : null;
}

/// <summary>A weight of a group.</summary>
/// <param name="Field">The field of the layer.</param>
/// <param name="Stored">What it holds.</param>
/// <param name="Site">The weight as results tell it.</param>
internal sealed record GroupWeight(WeightField Field, StoredWeight Stored, WeightSite Site)
{
    /// <summary>Whether it is FP32 and not compressed.</summary>
    public bool IsFloat32 => Stored is { Encoding: WeightEncoding.Plain, ElementType: ElementType.Float32 };
}
