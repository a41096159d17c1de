using System.Management.Automation;
using CoreMLQuant.Recipes;

namespace CoreMLQuant.Abstractions;

/// <summary>A conversion that compresses weights, with the parameters that all of them share.</summary>
public abstract class WeightRecipeCommand : WeightConversionCommand
{
    /// <summary>Compresses only weights with more elements than this.</summary>
    [Parameter]
    [ValidateRange(0, long.MaxValue)]
    public long MinimumElementCount { get; set; } = WeightRecipe.DefaultMinimumElementCount;

    /// <summary>
    /// Raises the opset, and with it the required systems, of models whose opset does not support the encoding. Without it,
    /// such a model causes an error.
    /// </summary>
    [Parameter]
    public SwitchParameter AllowOpsetUpgrade { get; set; }

    /// <summary>Whether the user specified a parameter.</summary>
    private protected bool IsGiven(string parameter) => MyInvocation.BoundParameters.ContainsKey(parameter);

    /// <summary>A recipe with what all of them have in common.</summary>
    private protected WeightRecipe Common(WeightRecipe recipe) =>
        recipe with { MinimumElementCount = MinimumElementCount, AllowOpsetUpgrade = AllowOpsetUpgrade };
}
