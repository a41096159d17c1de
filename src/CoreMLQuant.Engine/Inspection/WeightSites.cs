using System.Collections.Generic;
using System.Linq;
using CoreMLQuant.Mil.Weights;
using CoreMLQuant.Models;
using CoreMLQuant.NeuralNetworks;
using CoreMLQuant.NeuralNetworks.Weights;
using Schema = CoreMLQuant.Specification.Schema;

namespace CoreMLQuant.Inspection;

/// <summary>Lists the weights of a model, whichever format each of its stages has.</summary>
internal static class WeightSites
{
    /// <summary>All weights in the order of the specification.</summary>
    public static IReadOnlyList<WeightSite> Of(ModelFile file) => Find(file).Select(weight => weight.Site).ToArray();

    /// <summary>One weight of those that share their data: several operations may refer to the same; what stands in the specification is its own.</summary>
    public static IReadOnlyList<WeightSite> Distinct(IEnumerable<WeightSite> weights)
    {
        var seen = new HashSet<(string File, long Offset, string Place)>();
        return weights
            .Where(weight => seen.Add(weight.Offset >= 0 ? (weight.File, weight.Offset, string.Empty) : (weight.File, -1, $"{weight.Stage}|{weight.Function}|{weight.Name}")))
            .ToArray();
    }

    /// <summary>All weights with the way to their values.</summary>
    public static IEnumerable<FoundWeight> Find(ModelFile file) => PipelineStages.Of(file.Specification).SelectMany(stage => Find(file, stage));

    /// <summary>The weights of one stage with the way to their values.</summary>
    public static IEnumerable<FoundWeight> Find(ModelFile file, PipelineStage stage) => stage.Model.TypeCase == Schema.Model.TypeOneofCase.MlProgram
        ? MilWeights.Of(file, stage)
        : NetworkLayers.Of(stage.Model) is { } layers ? NetworkWeights.Of(file, stage, NetworkLayers.All(layers)) : [];
}
