namespace CoreMLQuant.Recipes;

/// <summary>Compressed weights back to plain floats.</summary>
public sealed record ExpansionRecipe : CompressionRecipe
{
    /// <summary>Type of the floats.</summary>
    public ExpansionPrecision Precision { get; init; } = ExpansionPrecision.Source;

    /// <inheritdoc/>
    public override string Description => Precision == ExpansionPrecision.Source ? "plain floats" : $"plain {Precision}";

    /// <inheritdoc/>
    public override bool IsLossless => Precision != ExpansionPrecision.Float16;

    /// <inheritdoc/>
    public override string FileSuffix => "_expanded";
}
