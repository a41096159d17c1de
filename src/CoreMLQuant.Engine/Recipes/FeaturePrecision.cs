namespace CoreMLQuant.Recipes;

/// <summary>Element type of a model's multi-array inputs and outputs.</summary>
public enum FeaturePrecision
{
    /// <summary>FP32, as every opset allows; casts stand at the edges.</summary>
    Float32,

    /// <summary>FP16, from specification version 7 (iOS 16, macOS 13) on; no casts at the edges.</summary>
    Float16,
}
