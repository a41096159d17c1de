namespace CoreMLQuant.Recipes;

/// <summary>FP16: half the bytes, about three significant digits.</summary>
public sealed record Float16Recipe : CompressionRecipe
{
    /// <summary>
    /// Store in FP16 and keep computing in FP32 (<c>constexpr_cast</c>, opset CoreML6 and later).
    /// A NeuralNetwork's weights are only ever stored in FP16, so there it changes nothing.
    /// </summary>
    public bool WeightsOnly { get; init; }

    /// <summary>Operations and weights that stay FP32.</summary>
    public NamePatterns KeepFloat32 { get; init; } = NamePatterns.None;

    /// <summary>Element type of the FP32 multi-array inputs and outputs afterwards.</summary>
    public FeaturePrecision InputOutputPrecision { get; init; } = FeaturePrecision.Float32;

    /// <inheritdoc/>
    public override string Description => WeightsOnly ? "FP16 weights" : "FP16";

    /// <inheritdoc/>
    public override string FileSuffix => "_fp16";
}
