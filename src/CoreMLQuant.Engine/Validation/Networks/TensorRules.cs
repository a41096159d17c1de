using System.Collections.Generic;
using CoreMLQuant.Specification.Schema.Details;
using CoreMLQuant.Validation.Findings;
using CoreMLQuant.Validation.Networks.Layers;

namespace CoreMLQuant.Validation.Networks;

/// <summary>Rules for the ranks that layers give for their inputs and outputs: in themselves, with the description, and from layer to layer.</summary>
internal static class TensorRules
{
    /// <summary>Checks a layer, and notes the ranks it gives.</summary>
    public static void Check(LayerContext layer, string location, FindingList findings)
    {
        Check(layer, "inputTensor", layer.Layer.Input, layer.Details.InputTensor, location, findings);
        Check(layer, "outputTensor", layer.Layer.Output, layer.Details.OutputTensor, location, findings);
    }

    private static void Check(
        LayerContext layer, string field, IReadOnlyList<string> names, IReadOnlyList<TensorDetails> tensors, string location, FindingList findings)
    {
        if (tensors.Count == 0)
        {
            return;
        }

        if (tensors.Count != names.Count)
        {
            findings.Add(ValidationRule.TensorRank, location, $"'{field}' has {tensors.Count} entries for {names.Count} values.");
            return;
        }

        for (int i = 0; i < tensors.Count; i++)
        {
            int rank = unchecked((int)tensors[i].Rank);
            if (tensors[i].DimValue.Count > 0 && tensors[i].DimValue.Count != rank)
            {
                findings.Add(ValidationRule.TensorRank, location, $"'{field}' gives '{names[i]}' rank {rank} and {tensors[i].DimValue.Count} dimensions.");
            }

            if (layer.Scope.RankOf(names[i]) is not { } known)
            {
                layer.Scope.SetRank(names[i], rank);
            }
            else if (known != rank)
            {
                string where = layer.Scope.Traits.InterfaceRanks.ContainsKey(names[i]) ? "the model's description" : "another layer";
                findings.Add(ValidationRule.TensorRank, location, $"'{field}' gives '{names[i]}' rank {rank}; {where} gives it {known}.");
            }
        }
    }
}
