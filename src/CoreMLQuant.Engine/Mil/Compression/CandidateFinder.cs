using System.Collections.Generic;
using System.Linq;
using CoreMLQuant.Calibration;
using CoreMLQuant.Elements;
using CoreMLQuant.Errors;
using CoreMLQuant.Mil.Decoding;
using CoreMLQuant.Mil.Weights;
using CoreMLQuant.Models;
using CoreMLQuant.Planning;
using CoreMLQuant.Recipes;

namespace CoreMLQuant.Mil.Compression;

/// <summary>Finds out, without reading weights, which of them may be compressed.</summary>
/// <param name="tensors">The program's tensors.</param>
/// <param name="rules">Which weights the recipe's patterns leave alone.</param>
/// <param name="statistics">What calibration found out about the model; <see langword="null"/> without calibration.</param>
internal sealed class CandidateFinder(TensorCatalog tensors, SelectionRules rules, CalibrationStatistics? statistics)
{
    private readonly LayerCatalog _layers = new(statistics);
    private WeightSteps? _steps;

    /// <summary>Type and name of the operations that use a weight.</summary>
    public static (string Type, string Name)[] Consumers(OperationNode node) => node.Outputs[0].Uses is [{ } only]
        ? [(only.Consumer.Type, only.Consumer.Name)]
        : node.Outputs[0].Uses.Select(use => (use.Consumer.Type, use.Consumer.Name)).Distinct().ToArray();

    /// <summary>A weight as a candidate.</summary>
    /// <param name="graph">The body it stands in.</param>
    /// <param name="node">The operation that makes it.</param>
    /// <param name="site">Where it is.</param>
    /// <param name="recipes">What it is to get.</param>
    /// <param name="remark">What is to be said of that choice.</param>
    /// <param name="reason">Why it is no candidate; empty when it is one.</param>
    /// <exception cref="RecipeException">The recipes do not make one encoding.</exception>
    public WeightCandidate? Find(
        ProgramGraph graph, OperationNode node, WeightSite site, IReadOnlyList<WeightRecipe> recipes, string remark, out string reason)
    {
        string? pattern = rules.IsEmpty ? null : rules.Reason([site.Name, .. Consumers(node).SelectMany(consumer => new[] { consumer.Type, consumer.Name })]);
        WeightSteps steps = _steps = WeightSteps.Of(recipes, _steps);
        reason = pattern
            ?? (recipes.Count == 0 ? (remark.Length > 0 ? remark : "not selected by the recipe") : null)
            ?? WhyNot(graph, node, site, steps)
            ?? string.Empty;
        if (reason.Length > 0)
        {
            return null;
        }

        steps.Check();
        ValueNode output = node.Outputs[0];
        if (WeightDecoder.Decode(tensors, output) is not { } decoded || MilWeights.MainValue(tensors, node) is not ({ Data: { } } stored, { } reference))
        {
            reason = "is not a readable tensor";
            return null;
        }

        long count = decoded.Shape.Aggregate(1L, (product, length) => product * length);
        if (count != site.ElementCount)
        {
            throw new CoreMLFormatException(
                FormatRule.WeightSizeMismatch,
                tensors.File.Container.SpecificationPath,
                $"the output is declared with {site.ElementCount} values, but the constant has {count}.",
                "The file is damaged. Copy the model again.",
                location: $"{node.Type} '{site.Name}'");
        }

        return new WeightCandidate(node, site, steps, ChannelAxes.Of(output, site.Shape.Count), stored, reference, decoded, remark)
        {
            Knowledge = _layers.Of(site, site.Shape),
            Bias = statistics is null ? null : BiasTarget.Of(tensors, node, site.Shape[0]),
            Opset = System.Math.Max(Platform.OpsetNumber(graph.Opset), steps.AllowOpsetUpgrade ? EncodingNeed.Nesting : 0),
        };
    }

    private static string? WhyNot(ProgramGraph graph, OperationNode node, WeightSite site, WeightSteps steps) =>
        BrokenWeight.Why(node) is { } broken ? broken
        : site.ElementType is not (ElementType.Float32 or ElementType.Float16) ? $"contains {site.ElementType}, not floats"
        : site.Encoding == WeightEncoding.Joint ? "is already compressed in more than one way"
        : site.Encoding is not (WeightEncoding.Plain or WeightEncoding.Cast) && Platform.OpsetNumber(graph.Opset) < EncodingNeed.Nesting
            ? $"is already compressed; compressing it again requires opset {Platform.OpsetName(EncodingNeed.Nesting)}"
        : site.Shape.Count < 2 ? $"has rank {site.Shape.Count}; biases and vectors are not compressed"
        : site.ElementCount <= steps.MinimumElementCount ? $"has {site.ElementCount} values; only weights with more than {steps.MinimumElementCount} are compressed"
        : PlainOperands.WhyPlain(node.Outputs[0]);
}
