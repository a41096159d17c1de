namespace CoreMLQuant.Recipes;

/// <summary>How to convert the weights of a model. Immutable; the same recipe and input produce the same bytes.</summary>
public abstract record CompressionRecipe
{
    private protected CompressionRecipe()
    {
    }

    /// <summary>What the recipe does, for messages and results, e.g. <c>FP16</c>.</summary>
    public abstract string Description { get; }

    /// <summary>Appended to the source's name when no destination is specified, e.g. <c>_fp16</c>.</summary>
    public abstract string FileSuffix { get; }

    /// <summary>What the recipe does.</summary>
    public sealed override string ToString() => Description;

    /// <summary>Only weights that match are converted; empty means all.</summary>
    public NamePatterns Include { get; init; } = NamePatterns.None;

    /// <summary>Weights that match are skipped.</summary>
    public NamePatterns Exclude { get; init; } = NamePatterns.None;

    /// <summary>
    /// Store weights of the same bytes and the same type once, within each weight file of ML Programs, across functions. Otherwise what is
    /// stored twice stays so: only what is asked for changes.
    /// </summary>
    public bool MergeEqualWeights { get; init; }

    /// <summary>Refuse every conversion that would raise the opset or the specification version, and with it the systems that the model requires.</summary>
    public bool NoOpsetUpgrade { get; init; }

    /// <summary>Whether no value of a weight changes, whatever the model.</summary>
    public virtual bool IsLossless => false;

    /// <summary>Checks that the settings go together, before any model is opened.</summary>
    /// <exception cref="RecipeException">They do not.</exception>
    public virtual void Validate()
    {
    }
}
