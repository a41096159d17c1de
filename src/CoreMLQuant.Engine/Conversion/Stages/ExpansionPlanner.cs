using System.Threading;
using CoreMLQuant.Mil.Expansion;
using CoreMLQuant.Models;
using CoreMLQuant.NeuralNetworks;
using CoreMLQuant.NeuralNetworks.Expansion;
using CoreMLQuant.Planning;
using CoreMLQuant.Recipes;
using Schema = CoreMLQuant.Specification.Schema;

namespace CoreMLQuant.Conversion.Stages;

/// <summary>Plans the way back from compressed weights to plain floats: each stage by its own kind.</summary>
internal static class ExpansionPlanner
{
    /// <summary>Plans every stage.</summary>
    public static void Plan(PlanBuilder builder, ExpansionRecipe recipe, CancellationToken cancellationToken)
    {
        foreach (PipelineStage stage in PipelineStages.Of(builder.Specification))
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (stage.Model.TypeCase == Schema.Model.TypeOneofCase.MlProgram)
            {
                MilExpansionPlanner.Plan(builder, stage, recipe.Precision, cancellationToken);
            }
            else if (NetworkLayers.Of(stage.Model) is not null)
            {
                NetworkExpansionPlanner.Plan(builder, stage, recipe.Precision, cancellationToken);
            }
            else
            {
                builder.Note($"{(stage.Name.Length > 0 ? $"stage '{stage.Name}'" : "the model")} is of a type that has no tensors to convert");
            }
        }

        if (!builder.Changed)
        {
            builder.Note("nothing to convert");
        }
    }
}
