namespace CoreMLQuant.Recipes.Files;

/// <summary>What holds for every weight where a recipe says nothing else.</summary>
public sealed record RecipeDefaults
{
    /// <summary>Weights with this many elements or fewer are left alone, unless <c>weight_threshold</c> is given.</summary>
    public long MinimumElementCount { get; init; } = WeightRecipe.DefaultMinimumElementCount;

    /// <summary>Raise the opset where an encoding needs it, as with <c>allow_opset_upgrade: true</c>.</summary>
    public bool AllowOpsetUpgrade { get; init; }
}
