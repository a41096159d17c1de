using System.Threading;
using CoreMLQuant.Mil.Compression;
using CoreMLQuant.NeuralNetworks.Compression;
using CoreMLQuant.Planning;
using CoreMLQuant.Recipes;

namespace CoreMLQuant.Conversion.Stages;

/// <summary>Plans quantization, palettization, pruning and their combinations for a model, and the quantization of its activations: each stage by its own kind.</summary>
internal static class WeightCompressionPlanner
{
    /// <summary>Plans every stage.</summary>
    /// <exception cref="RecipeException">The recipe does not go with the model.</exception>
    public static void Plan(PlanBuilder builder, CancellationToken cancellationToken)
    {
        if (builder.Recipe is OptimizationRecipe { IsEmpty: true, HasBudget: false, Activations: null })
        {
            builder.Warn(OptimizationRecipe.EmptyRemark);
        }

        if (builder.Activations is { } wanted)
        {
            wanted.RequireNoSamples();
            ActivationPlanner.RequireOpset(builder, wanted);
        }

        EachStage.Plan(
            builder,
            stage => MilCompressionPlanner.Decide(builder, stage, cancellationToken),
            stage => NetworkCompressionPlanner.Plan(builder, stage, cancellationToken),
            cancellationToken);

        if (builder.Activations is { } activations)
        {
            ActivationPlanner.Plan(builder, activations, cancellationToken);
        }

        if (!builder.Changed)
        {
            builder.NoteUnchanged();
        }
    }
}
