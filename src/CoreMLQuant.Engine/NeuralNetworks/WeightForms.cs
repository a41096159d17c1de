namespace CoreMLQuant.NeuralNetworks;

/// <summary>In which forms a kind of layer takes its weights.</summary>
internal enum WeightForms
{
    /// <summary>FP32, FP16 (the whole layer together), and quantized next to either.</summary>
    All,

    /// <summary>FP32 or FP16, the whole layer together; never quantized.</summary>
    Floats,

    /// <summary>FP32 only.</summary>
    Float32,

    /// <summary>Only the app's own implementation of the layer knows.</summary>
    Unknown,
}
