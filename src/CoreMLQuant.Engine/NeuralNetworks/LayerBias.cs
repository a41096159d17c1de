using CoreMLQuant.Specification.Schema;
using LayerCase = CoreMLQuant.Specification.Schema.NeuralNetworkLayer.LayerOneofCase;

namespace CoreMLQuant.NeuralNetworks;

/// <summary>The bias that layers with a weight for each output channel have or may get.</summary>
internal static class LayerBias
{
    /// <summary>Whether a layer may have one.</summary>
    public static bool IsPossible(NeuralNetworkLayer layer) => layer.LayerCase is LayerCase.Convolution or LayerCase.InnerProduct or LayerCase.BatchedMatmul;

    /// <summary>Whether a layer has one.</summary>
    public static bool Exists(NeuralNetworkLayer layer) => layer.LayerCase switch
    {
        LayerCase.Convolution => layer.Convolution.HasBias,
        LayerCase.InnerProduct => layer.InnerProduct.HasBias,
        LayerCase.BatchedMatmul => layer.BatchedMatmul.HasBias,
        _ => false,
    };

    /// <summary>The field of a layer, which has one from now on.</summary>
    public static WeightParams Require(NeuralNetworkLayer layer)
    {
        switch (layer.LayerCase)
        {
            case LayerCase.Convolution:
                layer.Convolution.HasBias = true;
                return layer.Convolution.Bias ??= new WeightParams();
            case LayerCase.InnerProduct:
                layer.InnerProduct.HasBias = true;
                return layer.InnerProduct.Bias ??= new WeightParams();
            default:
                layer.BatchedMatmul.HasBias = true;
                return layer.BatchedMatmul.Bias ??= new WeightParams();
        }
    }
}
