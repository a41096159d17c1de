using System.Collections.Generic;
using System.Linq;
using CoreMLQuant.Recipes;

namespace CoreMLQuant.Planning;

/// <summary>
/// What is done to one weight: at most one of each kind. Pruning comes first, whatever its place in the list, because the
/// zeros decide what is left to encode. Quantization after palettization quantizes the lookup tables; before it, tables are made of the integers.
/// </summary>
/// <param name="All">The recipes as they were listed.</param>
internal sealed record WeightSteps(IReadOnlyList<WeightRecipe> All)
{
    /// <summary>Pruning.</summary>
    public PruningRecipe? Pruning { get; } = All.OfType<PruningRecipe>().FirstOrDefault();

    /// <summary>Palettization.</summary>
    public PalettizationRecipe? Palettization { get; } = All.OfType<PalettizationRecipe>().FirstOrDefault();

    /// <summary>Linear quantization.</summary>
    public LinearQuantizationRecipe? Quantization { get; } = All.OfType<LinearQuantizationRecipe>().FirstOrDefault();

    /// <summary>Whether tables are made of quantized integers, not integers of tables.</summary>
    public bool QuantizesFirst => Palettization is not null && Quantization is not null && All.TakeWhile(step => step != Palettization).Contains(Quantization);

    /// <summary>Weights with this many elements or fewer are skipped.</summary>
    public long MinimumElementCount { get; } = All.Select(step => step.MinimumElementCount).DefaultIfEmpty().Max();

    /// <summary>The steps' descriptions.</summary>
    public string Description { get; } = string.Join(", ", All.Select(step => step.Description));

    /// <summary>Whether it is compressed even if it is a bias or a vector of a normalization.</summary>
    public bool IncludeBias => All.Any(step => step.IncludeBias);

    /// <summary>Whether normalizations behind its layer are folded into it.</summary>
    public bool FoldBatchNorm => All.Any(step => step.FoldBatchNorm);

    /// <summary>Whether the opset may be raised for it.</summary>
    public bool AllowOpsetUpgrade { get; } = All.Any(step => step.AllowOpsetUpgrade);

    /// <summary>The steps of a list that were made for the weight before, where it had the same list.</summary>
    /// <param name="all">The recipes as they were listed.</param>
    /// <param name="before">The steps of the weight before.</param>
    public static WeightSteps Of(IReadOnlyList<WeightRecipe> all, WeightSteps? before) => ReferenceEquals(all, before?.All) ? before! : new WeightSteps(all);

    /// <summary>Refuses steps that do not make one encoding.</summary>
    /// <exception cref="RecipeException">Two steps of one kind, or palettization of what was quantized in the same run.</exception>
    public void Check()
    {
        if (All.Count > 1 && All.GroupBy(step => step.GetType()).FirstOrDefault(group => group.Count() > 1) is { } twice)
        {
            throw new RecipeException($"A weight has both '{twice.First().Description}' and '{twice.Last().Description}', which are the same kind of compression.", "List each kind of compression only once for a weight.");
        }

        if (QuantizesFirst && Pruning is not null)
        {
            throw new RecipeException("The integers of a pruned weight cannot be palettized.", "List the palettization before the quantization to quantize its lookup tables.");
        }
    }
}
