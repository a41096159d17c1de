using CoreMLQuant.Onnx.Graphs;
using CoreMLQuant.Specification.Schema;

namespace CoreMLQuant.Onnx.Networks;

/// <summary>The outputs of a network as their features have them.</summary>
internal static class NetworkOutputs
{
    /// <summary>A blob as a feature.</summary>
    public static OnnxValue ToFeature(GraphBuilder graph, OnnxValue blob, FeatureType type, bool hasFiveAxes)
    {
        OnnxValue value = hasFiveAxes ? FeatureBlobs.FromFiveAxes(graph, blob, type) : blob;
        if (type.ImageType is not null)
        {
            // An image has no sequence, and a batch of one.
            return value.Rank switch
            {
                LayerRanks.Image => graph.Unsqueeze(value, 0),
                LayerRanks.Sequence => graph.Squeeze(value, 0),
                _ => value,
            };
        }

        return type.MultiArrayType?.DataType is ArrayFeatureType.Types.ArrayDataType.Int32 or ArrayFeatureType.Types.ArrayDataType.Int8
            ? graph.Cast(value, OnnxTensorType.Int32)
            : value;
    }
}
