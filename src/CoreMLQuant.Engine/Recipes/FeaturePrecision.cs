namespace CoreMLQuant.Recipes;

/// <summary>Element type of a model's multi-array inputs and outputs.</summary>
public enum FeaturePrecision
{
    /// <summary>FP32, which every opset supports; casts are inserted at inputs and outputs.</summary>
    Float32,

    /// <summary>FP16, which requires specification version 7 (iOS 16, macOS 13); no casts at inputs and outputs.</summary>
    Float16,
}
