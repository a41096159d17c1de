namespace CoreMLQuant.Compression;

/// <summary>One way to compress a weight; several in a row are a joint compression.</summary>
public abstract record WeightRecipe : CompressionRecipe
{
    /// <summary>Default of <see cref="MinimumElementCount"/>; coremltools' own.</summary>
    public const long DefaultMinimumElementCount = 2048;

    private protected WeightRecipe()
    {
    }

    /// <summary>Weights with this many elements or fewer are left alone.</summary>
    public long MinimumElementCount { get; init; } = DefaultMinimumElementCount;

    /// <summary>
    /// Raise the opset, and with it the systems that the model needs, where the asked-for encoding has no operation in
    /// the model's own opset. Without it, such a model is refused.
    /// </summary>
    public bool AllowOpsetUpgrade { get; init; }
}
