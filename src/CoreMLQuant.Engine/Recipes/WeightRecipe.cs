namespace CoreMLQuant.Recipes;

/// <summary>One way to compress a weight; several in a row are a joint compression.</summary>
public abstract record WeightRecipe : CompressionRecipe
{
    /// <summary>Default of <see cref="MinimumElementCount"/>; coremltools' own.</summary>
    public const long DefaultMinimumElementCount = 2048;

    private protected WeightRecipe()
    {
    }

    /// <summary>Weights with this many elements or fewer are skipped.</summary>
    public long MinimumElementCount { get; init; } = DefaultMinimumElementCount;

    /// <summary>
    /// Raise the opset, and with it the systems that the model requires, if the requested encoding has no operation in
    /// the model's own opset. Without it, such a model is refused.
    /// </summary>
    public bool AllowOpsetUpgrade { get; init; }

    /// <summary>
    /// Compress the biases and the vectors of normalizations of a NeuralNetwork as well, as coremltools does. They are small and
    /// hurt most, so they stay floats otherwise. In an ML Program, which compresses tensors of rank 2 and more, it has no effect.
    /// </summary>
    public bool IncludeBias { get; init; }

    /// <summary>
    /// Before the weights of a NeuralNetwork are compressed, fold <c>batchnorm</c>, <c>scale</c> and <c>bias</c> layers that follow
    /// a <c>convolution</c> or an <c>innerProduct</c> into its weights and bias, where nothing else uses what is between them. The layers
    /// that are folded go; the network computes the same up to rounding. Has no effect on an ML Program and under a budget.
    /// </summary>
    public bool FoldBatchNorm { get; init; }

    /// <summary>How values are chosen when statistics of the inputs are at hand; without them, it has no effect.</summary>
    public CompressionMethod Method { get; init; } = CompressionMethod.Calibrated;

    /// <summary>
    /// When statistics of the inputs are at hand: correct the bias of a layer by the mean of what its compressed weight changes at the output, where
    /// there is a bias or room for one. Without statistics, and with the method <see cref="CompressionMethod.RoundToNearest"/>, it has no effect.
    /// </summary>
    public bool BiasCorrection { get; init; } = true;
}
