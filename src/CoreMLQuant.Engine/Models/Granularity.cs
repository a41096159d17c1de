namespace CoreMLQuant.Models;

/// <summary>How many scales a quantized weight has.</summary>
public enum Granularity
{
    /// <summary>One for the tensor.</summary>
    PerTensor,

    /// <summary>One for each output channel.</summary>
    PerChannel,

    /// <summary>One for each block of each output channel (opset CoreML8 and later).</summary>
    PerBlock,
}
