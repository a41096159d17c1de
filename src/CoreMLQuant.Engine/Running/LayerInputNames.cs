namespace CoreMLQuant.Running;

/// <summary>
/// Names of what layers with weights take. The blobs of a NeuralNetwork are variables, so the name of a blob stands for what the last layer wrote; this is what it was where the layer took it, and
/// inside of a branch or a loop, each time.
/// </summary>
public static class LayerInputNames
{
    /// <summary>The name.</summary>
    /// <param name="layer">The layer, with the names of the layers around it in front.</param>
    public static string Of(string layer) => $"{layer}: input";
}
