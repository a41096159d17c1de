using System.Threading;
using CoreMLQuant.Mil.Compression;
using CoreMLQuant.Models;
using CoreMLQuant.NeuralNetworks;
using CoreMLQuant.NeuralNetworks.Compression;
using CoreMLQuant.Planning;
using CoreMLQuant.Recipes;
using Schema = CoreMLQuant.Specification.Schema;

namespace CoreMLQuant.Conversion.Stages;

/// <summary>Plans quantization, palettization, pruning and their combinations for a model: each stage by its own kind.</summary>
internal static class WeightCompressionPlanner
{
    /// <summary>Plans every stage.</summary>
    /// <exception cref="RecipeException">The recipe does not go with the model.</exception>
    public static void Plan(PlanBuilder builder, CancellationToken cancellationToken)
    {
        if (builder.Recipe is OptimizationRecipe { IsEmpty: true, HasBudget: false })
        {
            builder.Warn("the recipe does not apply to any weight; add a global_config, op_type_configs or op_name_configs");
        }

        foreach (PipelineStage stage in PipelineStages.Of(builder.Specification))
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (stage.Model.TypeCase == Schema.Model.TypeOneofCase.MlProgram)
            {
                MilCompressionPlanner.Plan(builder, stage, cancellationToken);
            }
            else if (NetworkLayers.Of(stage.Model) is not null)
            {
                NetworkCompressionPlanner.Plan(builder, stage, cancellationToken);
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
