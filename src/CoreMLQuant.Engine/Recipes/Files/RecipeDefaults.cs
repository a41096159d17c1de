namespace CoreMLQuant.Recipes.Files;

/// <summary>What applies when a recipe does not specify otherwise, and where it is.</summary>
public sealed record RecipeDefaults
{
    /// <summary>Weights with this many elements or fewer are skipped, unless <c>weight_threshold</c> is specified.</summary>
    public long MinimumElementCount { get; init; } = WeightRecipe.DefaultMinimumElementCount;

    /// <summary>Raise the opset where an encoding needs it, as with <c>allow_opset_upgrade: true</c>.</summary>
    public bool AllowOpsetUpgrade { get; init; }

    /// <summary>Where the files that a recipe refers to are; empty for the current folder of the process.</summary>
    public string Folder { get; init; } = string.Empty;

    /// <summary>How values are chosen when statistics of the inputs are at hand, unless <c>method</c> is specified.</summary>
    public CompressionMethod Method { get; init; } = CompressionMethod.Calibrated;

    /// <summary>Correct biases when statistics of the inputs are at hand, unless <c>bias_correction</c> is specified.</summary>
    public bool BiasCorrection { get; init; } = true;
}
