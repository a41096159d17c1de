using CoreMLQuant.Specification.Schema;
using static CoreMLQuant.Specification.Schema.NeuralNetworkLayer;

namespace CoreMLQuant.NeuralNetworks;

/// <summary>The layers that can multiply in Int8: their weights are signed integers with one scale, their input is quantized at run time.</summary>
internal static class Int8Product
{
    /// <summary>Whether a layer can.</summary>
    public static bool IsPossible(NeuralNetworkLayer layer) => layer.LayerCase is LayerOneofCase.InnerProduct or LayerOneofCase.BatchedMatmul;

    /// <summary>Says whether a layer does; nothing where it cannot.</summary>
    public static void Set(NeuralNetworkLayer layer, bool value)
    {
        if (layer.LayerCase == LayerOneofCase.InnerProduct)
        {
            layer.InnerProduct.Int8DynamicQuantize = value;
        }
        else if (layer.LayerCase == LayerOneofCase.BatchedMatmul)
        {
            layer.BatchedMatmul.Int8DynamicQuantize = value;
        }
    }
}
