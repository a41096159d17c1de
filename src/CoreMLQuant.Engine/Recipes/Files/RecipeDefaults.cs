namespace CoreMLQuant.Recipes.Files;

/// <summary>Defaults for every weight when a recipe does not specify otherwise.</summary>
public sealed record RecipeDefaults
{
    /// <summary>Weights with this many elements or fewer are skipped, unless <c>weight_threshold</c> is specified.</summary>
    public long MinimumElementCount { get; init; } = WeightRecipe.DefaultMinimumElementCount;

    /// <summary>Raise the opset where an encoding needs it, as with <c>allow_opset_upgrade: true</c>.</summary>
    public bool AllowOpsetUpgrade { get; init; }
}
