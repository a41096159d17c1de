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
            throw new RecipeException($"A NeuralNetwork does not support joint compression ({steps.Description}).", "Use one kind of compression for it.");
        }

        if (steps.All.Select(Obstacle).OfType<(string What, string Instead)>().FirstOrDefault() is { What: { } what, Instead: { } instead })
        {
            throw new RecipeException($"A NeuralNetwork does not support {what}.", instead);
        }
    }

    private static (string What, string Instead)? Obstacle(WeightRecipe recipe) => recipe switch
    {
        LinearQuantizationRecipe { Granularity: Granularity.PerBlock } => ("per-block scales", "Use PerChannel, or palettize."),
        LinearQuantizationRecipe { Mode: QuantizationMode.Symmetric, BitWidth: 1 } => ("1-bit symmetric quantization", "Use the mode Affine, or palettize."),
        PalettizationRecipe { GroupSize: > 0 } => ("lookup tables for groups of channels", "Omit the group size to use one table."),
        PalettizationRecipe { VectorSize: > 1 } => ("palettization of vectors", "Omit the vector size."),
        PalettizationRecipe { PerChannelScale: true } => ("per-channel scales with a lookup table", "Omit the per-channel scale."),
        PalettizationRecipe { QuantizeLookupTable: true } => ("quantized lookup tables", "Do not quantize the table."),
        _ => null,
    };
}
