using System.Threading;
using CoreMLQuant.Mil.Expansion;
using CoreMLQuant.NeuralNetworks.Expansion;
using CoreMLQuant.Planning;
using CoreMLQuant.Recipes;

namespace CoreMLQuant.Conversion.Stages;

/// <summary>Plans the way back from compressed weights to plain floats: each stage by its own kind.</summary>
internal static class ExpansionPlanner
{
    /// <summary>Plans every stage.</summary>
    public static void Plan(PlanBuilder builder, ExpansionRecipe recipe, CancellationToken cancellationToken)
    {
        EachStage.Plan(
            builder,
            stage => MilExpansionPlanner.Plan(builder, stage, recipe.Precision, cancellationToken),
            stage => NetworkExpansionPlanner.Plan(builder, stage, recipe.Precision, cancellationToken),
            cancellationToken);

        if (!builder.Changed)
        {
            builder.Note(CompressionPlan.NothingToConvert);
        }
    }
}
