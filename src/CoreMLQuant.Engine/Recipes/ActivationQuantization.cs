using System.Collections.Generic;
using System.Linq;

namespace CoreMLQuant.Recipes;

/// <summary>
/// Quantization of activations to 8 bits: <c>quantize</c> and <c>dequantize</c> around operations that systems compute in Int8 (opset CoreML7). What becomes
/// of weights is for the recipe that this is a part of.
/// </summary>
public sealed record ActivationQuantization
{
    /// <summary>The only number of bits that the operations have.</summary>
    public const int BitWidth = 8;

    /// <summary>How ranges are estimated when nothing else is specified.</summary>
    internal const RangeEstimator UsualEstimator = RangeEstimator.MeanSquaredError;

    /// <summary>
    /// Which operations get pairs, by their own types and names, and of what kind: <see cref="LinearQuantizationRecipe.Mode"/> and
    /// <see cref="LinearQuantizationRecipe.Unsigned"/> of a <see cref="LinearQuantizationRecipe"/>. Each activation has one scale.
    /// </summary>
    public OptimizationStep Operations { get; init; } = new() { Global = new LinearQuantizationRecipe() };

    /// <summary>Given ranges; <see langword="null"/> to estimate them from the statistics of a calibration.</summary>
    public ActivationRanges? Ranges { get; init; }

    /// <summary>How ranges are estimated.</summary>
    public RangeEstimator RangeEstimator { get; init; } = UsualEstimator;

    /// <summary>
    /// Where ranges end with <see cref="RangeEstimator.Percentile"/>: the percentage of the values up to the upper end; as many lie from the lower end on. More than 50, at most 100.
    /// </summary>
    public double Percentile { get; init; } = Percentiles.Default;

    /// <summary>
    /// Least signal-to-noise ratio, dB, of the outputs on samples that are held out: the operations that cost the outputs the most keep floats until it holds. <see langword="null"/> for no such bound.
    /// </summary>
    public double? MinimumOutputSnr { get; init; }

    /// <summary>Least share, 0 to 1, of held-out samples with the same most probable class, likewise; <see langword="null"/> for no such bound.</summary>
    public double? MinimumAgreement { get; init; }

    /// <summary>Whether there is a bound on the outputs, which only samples show.</summary>
    public bool HasBound => MinimumOutputSnr is not null || MinimumAgreement is not null;

    /// <summary>Names of operations that keep floats, chosen for a bound.</summary>
    internal IReadOnlyCollection<string> FloatOperations { get; init; } = [];

    /// <summary>What becomes of activations, for messages.</summary>
    public string Description => string.Join(" / ", Operations.All.OfType<LinearQuantizationRecipe>().Select(Describe).Distinct()) + " activations";

    /// <summary>Appended to the suffix of the recipe's files.</summary>
    internal const string FileSuffix = "_a8";

    /// <summary>What a recipe does to activations; <see langword="null"/> for nothing.</summary>
    internal static ActivationQuantization? Of(CompressionRecipe recipe) => recipe switch
    {
        LinearQuantizationRecipe linear => linear.Activations,
        OptimizationRecipe optimization => optimization.Activations,
        _ => null,
    };

    /// <summary>A recipe that does something else to activations; nothing for <see langword="null"/>.</summary>
    internal static CompressionRecipe In(CompressionRecipe recipe, ActivationQuantization? activations) => recipe switch
    {
        LinearQuantizationRecipe linear => linear with { Activations = activations },
        OptimizationRecipe optimization => optimization with { Activations = activations },
        _ => recipe,
    };

    /// <summary>The same with some operations left as floats, chosen for the bound, which is met with that.</summary>
    internal ActivationQuantization WithFloats(IReadOnlyCollection<string> operations) => this with { MinimumOutputSnr = null, MinimumAgreement = null, FloatOperations = operations };

    /// <summary>Refuses a bound that only samples show.</summary>
    /// <exception cref="RecipeException">There is one.</exception>
    public void RequireNoSamples() => OutputBounds.RequireNone(MinimumOutputSnr, MinimumAgreement);

    /// <summary>Checks that the settings go together.</summary>
    /// <exception cref="RecipeException">They do not.</exception>
    public void Validate()
    {
        Percentiles.Validate(Percentile);
        OutputBounds.Validate(MinimumOutputSnr, MinimumAgreement);
        if (MinimumOutputSnr is not null && MinimumAgreement is not null)
        {
            throw new RecipeException("A minimum output signal-to-noise ratio and a minimum agreement cannot be combined.", "Specify one of them.");
        }

        if (Operations.All.FirstOrDefault(recipe => recipe is not LinearQuantizationRecipe) is { } other)
        {
            throw new RecipeException($"Activations cannot be {other.Description}.", "Use linear quantization with 8 bits.");
        }

        if (Operations.All.OfType<LinearQuantizationRecipe>().FirstOrDefault(recipe => recipe.BitWidth != BitWidth) is { } linear)
        {
            throw new RecipeException($"Activations cannot be quantized to {linear.BitWidth} bits: Core ML has operations for Int8 and UInt8 only.", "Use 8 bits.");
        }

        if (!Operations.All.Any())
        {
            throw new RecipeException("The quantization of activations does not apply to any operation.", "Specify how to quantize all of them, or those of certain types or names.");
        }
    }

    private static string Describe(LinearQuantizationRecipe recipe) =>
        $"{(recipe.Unsigned ? "UInt" : "Int")}{recipe.BitWidth} {(recipe.Mode == QuantizationMode.Symmetric ? "symmetric" : "affine")}";
}
