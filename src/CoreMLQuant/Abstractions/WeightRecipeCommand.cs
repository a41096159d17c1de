using System.Management.Automation;
using CoreMLQuant.Recipes;

namespace CoreMLQuant.Abstractions;

/// <summary>A conversion that compresses weights, and what all of them are asked.</summary>
public abstract class WeightRecipeCommand : ConversionCommand
{
    /// <summary>Only weights with more elements than this.</summary>
    [Parameter]
    [ValidateRange(0, long.MaxValue)]
    public long MinimumElementCount { get; set; } = WeightRecipe.DefaultMinimumElementCount;

    /// <summary>
    /// Raises the opset of models that have no operation for the encoding, and with it the systems that they need. Without it,
    /// such a model is refused.
    /// </summary>
    [Parameter]
    public SwitchParameter AllowOpsetUpgrade { get; set; }

    /// <summary>Whether the user gave a parameter.</summary>
    private protected bool IsGiven(string parameter) => MyInvocation.BoundParameters.ContainsKey(parameter);

    /// <summary>A recipe with what all of them have in common.</summary>
    private protected WeightRecipe Common(WeightRecipe recipe) =>
        recipe with { MinimumElementCount = MinimumElementCount, AllowOpsetUpgrade = AllowOpsetUpgrade };
}
