using System.Linq;
using CoreMLQuant.Models;
using CoreMLQuant.Planning;
using CoreMLQuant.Recipes;

namespace CoreMLQuant.NeuralNetworks.Compression;

/// <summary>Which recipes have a form in a NeuralNetwork: linear with one scale or one for each output channel, one table, nothing in a row.</summary>
internal static class NetworkEncodings
{
    /// <summary>Whether a recipe by itself has one.</summary>
    public static bool Has(WeightRecipe recipe) => recipe is not PruningRecipe && Obstacle(recipe) is null;

    /// <summary>Refuses steps that no NeuralNetwork can hold.</summary>
    /// <exception cref="RecipeException">There is no form for them.</exception>
    public static void Check(WeightSteps steps)
    {
        steps.Check();
        if (steps.All.Count > 1)
        {
            throw new RecipeException($"A NeuralNetwork has no joint compression ({steps.Description}).", "Ask for one kind of compression for it.");
        }

        if (steps.All.Select(Obstacle).OfType<(string What, string Instead)>().FirstOrDefault() is { What: { } what, Instead: { } instead })
        {
            throw new RecipeException($"A NeuralNetwork has no {what}.", instead);
        }
    }

    private static (string What, string Instead)? Obstacle(WeightRecipe recipe) => recipe switch
    {
        LinearQuantizationRecipe { Granularity: Granularity.PerBlock } => ("scales for blocks", "Ask for one for each output channel (PerChannel), or palettize."),
        LinearQuantizationRecipe { Mode: QuantizationMode.Symmetric, BitWidth: 1 } => ("symmetric quantization of 1 bit", "Ask for the mode Affine, or palettize."),
        PalettizationRecipe { GroupSize: > 0 } => ("lookup tables for groups of channels", "Leave out the group size for one table."),
        PalettizationRecipe { VectorSize: > 1 } => ("palettization of vectors", "Leave out the vector size."),
        PalettizationRecipe { PerChannelScale: true } => ("scales beside a lookup table", "Leave out the per-channel scale."),
        PalettizationRecipe { QuantizeLookupTable: true } => ("quantized lookup tables", "Leave the table as it is."),
        _ => null,
    };
}
