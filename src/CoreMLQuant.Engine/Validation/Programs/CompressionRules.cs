using System.Linq;
using CoreMLQuant.Elements;
using CoreMLQuant.Mil;
using CoreMLQuant.Mil.Weights;
using CoreMLQuant.Models;
using CoreMLQuant.Validation.Findings;

namespace CoreMLQuant.Validation.Programs;

/// <summary>Compressions that are legal and are known to run slowly or not at all somewhere.</summary>
internal static class CompressionRules
{
    /// <summary>Checks a compressed constant; any other operation has nothing to check.</summary>
    public static void Check(OperationNode operation, OperationPlace location, FindingList findings)
    {
        if (!operation.IsConstexpr || operation.Outputs.Count == 0 || MilWeights.IsPart(operation))
        {
            return;
        }

        OperationNode[] nest = MilWeights.Nest(operation).Where(node => MilEncodings.KindOf(node) is WeightEncoding.Linear or WeightEncoding.Palettized).ToArray();
        EncodingDetails? details = MilEncodings.Of(operation, MilTypes.ShapeOf(operation.Outputs[0].Declaration.Type));
        if (details is { Granularity: Granularity.PerBlock } && MilEncodings.KindOf(nest[0]) == WeightEncoding.Linear)
        {
            findings.Add(ValidationRule.PerBlockQuantization, location, $"a scale stands for blocks of [{string.Join(", ", details.BlockShape)}] values.");
        }

        // A quantized table has integers under its scales; floats under scales are what the Neural Engine's compiler fails on.
        if (nest.Any(node => MilEncodings.KindOf(node) == WeightEncoding.Palettized) && nest.Any(ScalesFloats))
        {
            findings.Add(ValidationRule.PerChannelScaleNest, location, "a palettized weight, or its table, is scaled as floats.");
        }
    }

    private static bool ScalesFloats(OperationNode node) =>
        MilEncodings.KindOf(node) == WeightEncoding.Linear
        && node.Inputs.Exists(use => (use.Parameter is "data" or "nonzero_data") && MilTypes.ElementTypeOf(use.Type) is ElementType.Float16 or ElementType.Float32);
}
