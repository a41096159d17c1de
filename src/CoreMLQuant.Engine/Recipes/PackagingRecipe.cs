namespace CoreMLQuant.Recipes;

/// <summary>The same model as an .mlpackage: a compiled model gets a specification again, a single file gets a folder around it.</summary>
public sealed record PackagingRecipe : CompressionRecipe
{
    /// <inheritdoc/>
    public override string Description => "model package";

    /// <inheritdoc/>
    public override bool IsLossless => true;

    /// <inheritdoc/>
    public override string FileSuffix => string.Empty;
}
