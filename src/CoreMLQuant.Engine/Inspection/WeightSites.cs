using System.Collections.Generic;
using CoreMLQuant.Mil;
using CoreMLQuant.Models;
using CoreMLQuant.NeuralNetworks;
using Schema = CoreMLQuant.Specification.Schema;

namespace CoreMLQuant.Inspection;

/// <summary>Lists the weights of a model, whichever format each of its stages has.</summary>
internal static class WeightSites
{
    /// <summary>All weights in the order of the specification.</summary>
    public static IReadOnlyList<WeightSite> Of(ModelFile file)
    {
        var sites = new List<WeightSite>();
        foreach (PipelineStage stage in PipelineStages.Of(file.Specification))
        {
            if (stage.Model.TypeCase == Schema.Model.TypeOneofCase.MlProgram)
            {
                sites.AddRange(MilWeights.Of(file, stage));
            }
            else if (NetworkLayers.Of(stage.Model) is { } layers)
            {
                sites.AddRange(NetworkWeights.Of(file, stage, layers));
            }
        }

        return sites;
    }
}
