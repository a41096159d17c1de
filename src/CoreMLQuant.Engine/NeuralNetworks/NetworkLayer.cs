using System.Collections.Generic;
using System.Linq;
using CoreMLQuant.Specification;
using CoreMLQuant.Specification.Schema;
using LayerCase = CoreMLQuant.Specification.Schema.NeuralNetworkLayer.LayerOneofCase;

namespace CoreMLQuant.NeuralNetworks;

/// <summary>A layer with its weights. All weights of one layer change their precision together.</summary>
/// <param name="path">The layer's name, with the names of the layers around it in front, e.g. <c>loop/body/fc</c>.</param>
/// <param name="message">The layer in the specification.</param>
internal sealed class NetworkLayer(string path, NeuralNetworkLayer message)
{
    /// <summary>The layer's name, with the names of the layers around it in front.</summary>
    public string Path { get; } = path;

    /// <summary>The layer's own name; empty when it has none.</summary>
    public string Name => Message.Name;

    /// <summary>The specification's name of the layer's kind, e.g. <c>innerProduct</c>; empty for kinds without weights.</summary>
    public string Type { get; } = MessageShape.Layer.FieldName((int)message.LayerCase);

    /// <summary>The layer in the specification.</summary>
    public NeuralNetworkLayer Message { get; } = message;

    /// <summary>The weights, empty ones included, in the order of the specification.</summary>
    public IReadOnlyList<WeightField> Fields { get; } = LayerFields.Of(message).ToArray();

    /// <summary>In which forms the layer takes its weights.</summary>
    public WeightForms Forms => Message.LayerCase switch
    {
        // Source: Apple's validator, which asks layerNormalization for floatValue and refuses quantized convolution3d.
        LayerCase.LayerNormalization => WeightForms.Float32,
        LayerCase.Convolution3D => WeightForms.Floats,
        LayerCase.Custom => WeightForms.Unknown,
        _ => WeightForms.All,
    };

    /// <summary>Whether the layer, or one of its weights, is trained further on a device.</summary>
    public bool IsUpdatable => Message.IsUpdatable || Fields.Any(weight => weight.Params.IsUpdatable);
}
