using System.Collections.Generic;
using System.Linq;
using CoreMLQuant.Onnx.Graphs;

namespace CoreMLQuant.Onnx.Networks.Layers;

/// <summary>
/// A blob whose axes in front of channels and space are one, as ONNX's operators want it: sequence and batch of five axes merge, and a blob
/// of three gets a batch of one.
/// </summary>
internal sealed class MergedBatch
{
    private readonly GraphBuilder _graph;
    private readonly OnnxValue _blob;
    private readonly int _leading;

    /// <summary>Merges the axes in front.</summary>
    /// <param name="layer">The layer.</param>
    /// <param name="blob">The blob.</param>
    /// <param name="trailing">Number of axes of channels and space.</param>
    public MergedBatch(LayerContext layer, OnnxValue blob, int trailing)
    {
        _graph = layer.Graph;
        _blob = blob;
        _leading = layer.RankFrom(blob, trailing) - trailing;
        Value = _leading switch
        {
            0 => _graph.Unsqueeze(blob, 0),
            1 => blob,
            2 when blob.Dimension(0) == 1 => _graph.Squeeze(blob, 0),
            _ => _graph.ReshapeTo(blob, _graph.Concat([_graph.Constants.Int64s([-1]), .. Sizes(blob, _leading, trailing)], 0)),
        };
    }

    /// <summary>The blob with one axis in front.</summary>
    public OnnxValue Value { get; }

    /// <summary>A result of one axis in front with the axes that the blob had there.</summary>
    public OnnxValue Restore(OnnxValue result)
    {
        switch (_leading)
        {
            case 0:
                return _graph.Squeeze(result, 0);
            case 1:
                return result;
            case 2 when _blob.Dimension(0) == 1:
                return _graph.Unsqueeze(result, 0);
            default:
                int trailing = result.Rank!.Value - 1;
                return _graph.ReshapeTo(result, _graph.Concat([.. Sizes(_blob, 0, _leading), .. Sizes(result, 1, trailing)], 0));
        }
    }

    private IEnumerable<OnnxValue> Sizes(OnnxValue x, int first, int count) => Enumerable.Range(first, count).Select(axis => _graph.SizeOf(x, axis));
}
