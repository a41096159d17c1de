namespace CoreMLQuant.Onnx.Networks;

/// <summary>Numbers of axes of blobs.</summary>
internal static class LayerRanks
{
    /// <summary>Channels, height and width.</summary>
    public const int Image = 3;

    /// <summary>Sequence, batch, channels, height and width.</summary>
    public const int Sequence = 5;

    /// <summary>No blob has more.</summary>
    public const int Largest = 32;
}
