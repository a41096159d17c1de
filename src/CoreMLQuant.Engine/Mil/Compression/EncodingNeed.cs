using System.Linq;
using CoreMLQuant.Models;
using CoreMLQuant.Planning;
using CoreMLQuant.Recipes;

namespace CoreMLQuant.Mil.Compression;

/// <summary>The oldest opset that has operations for an encoding, and what of it needs that opset.</summary>
/// <param name="Opset">Number of the opset, 8 for CoreML8.</param>
/// <param name="Because">What needs it, e.g. <c>4-bit integers</c>.</param>
internal readonly record struct EncodingNeed(int Opset, string Because)
{
    /// <summary>The first opset with compressed constants.</summary>
    public const int CompressedConstants = 6;

    /// <summary>The first opset with sub-byte types, blocks, several tables, and nesting.</summary>
    public const int Nesting = 8;

    /// <summary>
    /// The first opset whose systems scale what is looked up in a table of integers. Older ones get that order wrong, so below it the
    /// tables are scaled before anything is looked up. (coremltools writes the same.)
    /// </summary>
    public const int ScaledLookups = 9;

    /// <summary>The need of everything that is done to one weight.</summary>
    /// <param name="steps">What is done to it.</param>
    /// <param name="source">What it is today.</param>
    /// <exception cref="RecipeException">No opset has it.</exception>
    public static EncodingNeed Of(WeightSteps steps, WeightEncoding source)
    {
        EncodingNeed[] needs = steps.All.Select(Of).ToArray();
        return needs.Length > 1 || source is not (WeightEncoding.Plain or WeightEncoding.Cast)
            ? new EncodingNeed(Nesting, "joint compression")
            : needs[0];
    }

    /// <summary>Refuses what a model's opset has no operation for, unless it may be raised.</summary>
    /// <param name="opset">Number of the model's opset.</param>
    /// <param name="steps">What is done to the weight.</param>
    /// <param name="noUpgrade">Whether nothing may raise the opset.</param>
    /// <exception cref="RecipeException">The opset is too old, and not by a step that needs no permission.</exception>
    public void Check(int opset, WeightSteps steps, bool noUpgrade) => Check(opset, steps.AllowOpsetUpgrade, noUpgrade, Instead(steps));

    /// <summary>Refuses what a model's opset has no operation for, unless it may be raised.</summary>
    /// <param name="opset">Number of the model's opset.</param>
    /// <param name="allowUpgrade">Whether any opset may be raised to.</param>
    /// <param name="noUpgrade">Whether nothing may raise the opset.</param>
    /// <param name="instead">What else could be done, in words that follow a remedy.</param>
    /// <exception cref="RecipeException">The opset is too old, and not by a step that needs no permission.</exception>
    public void Check(int opset, bool allowUpgrade, bool noUpgrade, string instead = "")
    {
        if (!IsMetBy(opset, allowUpgrade, noUpgrade))
        {
            throw new RecipeException(
                $"{Because} needs opset {Platform.OpsetName(Opset)} ({Platform.RequiredOS(Platform.SpecificationVersionOf(Opset))}); the model uses {Platform.OpsetName(opset)} ({Platform.RequiredOS(Platform.SpecificationVersionOf(opset))}).",
                noUpgrade ? Opset <= CompressedConstants ? "Omit -NoOpsetUpgrade to let the opset rise." : "Use -AllowOpsetUpgrade instead of -NoOpsetUpgrade to raise the opset." : $"Use -AllowOpsetUpgrade to raise the opset{instead}.");
        }
    }

    /// <summary>
    /// Whether a model of an opset may get it. Nothing compressed exists below CoreML6, so that a model may rise to it unless everything is
    /// refused; anything newer needs permission. coremltools has the same rule.
    /// </summary>
    /// <param name="opset">Number of the model's opset.</param>
    /// <param name="allowUpgrade">Whether any opset may be raised to.</param>
    /// <param name="noUpgrade">Whether none may.</param>
    public bool IsMetBy(int opset, bool allowUpgrade, bool noUpgrade) =>
        Opset <= opset || (!noUpgrade && (Opset <= CompressedConstants || allowUpgrade));

    // What an older opset has of the same kind.
    private static string Instead(WeightSteps steps) => steps.All.Count > 1 ? ", or use one kind of compression"
        : steps.Quantization is not null ? ", or use 8 bits with a scale for each channel"
        : steps.Palettization is not null ? ", or use 1, 2, 4, 6 or 8 bits with one lookup table of single values"
        : string.Empty;

    private static EncodingNeed Of(WeightRecipe recipe) => recipe switch
    {
        LinearQuantizationRecipe { BitWidth: not (4 or 8) } linear =>
            throw new RecipeException($"An ML Program does not support {linear.BitWidth}-bit linear quantization.", "Use 8 or 4 bits, or palettize."),
        LinearQuantizationRecipe { BitWidth: 4 } => new EncodingNeed(Nesting, "4-bit linear quantization"),
        LinearQuantizationRecipe { Granularity: Granularity.PerBlock } => new EncodingNeed(Nesting, "per-block quantization"),
        PalettizationRecipe { Mode: not PalettizationMode.Unique, BitWidth: 5 or 7 } palette =>
            throw new RecipeException($"An ML Program does not support {palette.BitWidth}-bit lookup tables.", "Use 1, 2, 3, 4, 6 or 8 bits."),
        PalettizationRecipe { Mode: not PalettizationMode.Unique, BitWidth: 3 } => new EncodingNeed(Nesting, "3-bit palettization"),
        PalettizationRecipe { GroupSize: > 0 } => new EncodingNeed(Nesting, "a lookup table for each group of channels"),
        PalettizationRecipe { VectorSize: > 1 } => new EncodingNeed(Nesting, "palettization of vectors"),
        PalettizationRecipe { PerChannelScale: true } => new EncodingNeed(Nesting, "a lookup table for each channel"),
        PalettizationRecipe { QuantizeLookupTable: true } => new EncodingNeed(Nesting, "an Int8 lookup table"),
        _ => new EncodingNeed(CompressedConstants, "a compressed weight"),
    };
}
