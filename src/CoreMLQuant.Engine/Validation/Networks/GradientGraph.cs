using System.Collections.Generic;
using System.Linq;
using CoreMLQuant.Specification.Schema;
using CoreMLQuant.Specification.Schema.Details;
using Google.Protobuf;
using LayerCase = CoreMLQuant.Specification.Schema.NeuralNetworkLayer.LayerOneofCase;

namespace CoreMLQuant.Validation.Networks;

/// <summary>The outermost layers of a network, from the loss backwards.</summary>
internal sealed class GradientGraph
{
    private readonly Dictionary<string, Node> _makers = [];

    /// <summary>The graph of some layers.</summary>
    public GradientGraph(IReadOnlyList<NeuralNetworkLayer> layers)
    {
        foreach (NeuralNetworkLayer layer in layers)
        {
            var node = new Node(layer, KindOf(layer), layer.Input.Select(MakerOf).OfType<Node>().ToArray());
            foreach (string output in layer.Output)
            {
                _makers[output] = node;
            }
        }
    }

    /// <summary>The names that layers make.</summary>
    public IEnumerable<string> Made => _makers.Keys;

    /// <summary>What makes a value last; <see langword="null"/> when nothing does.</summary>
    public Node? MakerOf(string name) => _makers.TryGetValue(name, out Node? maker) ? maker : null;

    /// <summary>Whether a value is the output of a softmax.</summary>
    public bool IsSoftmax(string name) => MakerOf(name) is { Kind: Kind.Softmax } maker && maker.Layer.Output[0] == name;

    /// <summary>The name of the first layer, from the loss backwards, that stands between an updatable layer and the loss and passes no gradient.</summary>
    /// <param name="input">What the loss takes.</param>
    /// <param name="takesSoftmax">Whether the loss takes the gradient through a softmax itself.</param>
    public string? Obstacle(string input, bool takesSoftmax)
    {
        if (MakerOf(input) is not { } first)
        {
            return null;
        }

        // Layers are taken in order of distance, and what has been met once stands in the way of all that come later.
        string? obstacle = takesSoftmax && first.Kind == Kind.Softmax || first.PassesGradient ? null : first.Layer.Name;
        var seen = new HashSet<Node> { first };
        var next = new Queue<Node>([first]);
        while (next.Count > 0)
        {
            foreach (Node node in next.Dequeue().Makers.Where(node => seen.Add(node)))
            {
                if (node.Layer.IsUpdatable && obstacle is not null)
                {
                    return obstacle;
                }

                obstacle ??= node.PassesGradient ? null : node.Layer.Name;
                next.Enqueue(node);
            }
        }

        return null;
    }

    private static Kind KindOf(NeuralNetworkLayer layer) => layer.LayerCase switch
    {
        LayerCase.Convolution or LayerCase.InnerProduct or LayerCase.UniDirectionalLSTM or LayerCase.Batchnorm => Kind.PassesGradient,
        LayerCase.Activation when layer.Activation.NonlinearityTypeCase
            is ActivationParams.NonlinearityTypeOneofCase.ReLU or ActivationParams.NonlinearityTypeOneofCase.Sigmoid or ActivationParams.NonlinearityTypeOneofCase.Tanh => Kind.PassesGradient,
        LayerCase.None => KindOfUnweighted(layer),
        _ => Kind.Other,
    };

    private static Kind KindOfUnweighted(NeuralNetworkLayer layer)
    {
        try
        {
            return LayerDetails.Parser.WithDiscardUnknownFields(true).ParseFrom(layer.ToByteArray()).LayerCase switch
            {
                LayerDetails.LayerOneofCase.Flatten or LayerDetails.LayerOneofCase.Pooling => Kind.PassesGradient,
                LayerDetails.LayerOneofCase.Softmax => Kind.Softmax,
                _ => Kind.Other,
            };
        }
        catch (InvalidProtocolBufferException)
        {
            // Told where the layer is checked.
            return Kind.Other;
        }
    }

    /// <summary>What a layer is to a gradient.</summary>
    internal enum Kind
    {
        /// <summary>Passes none.</summary>
        Other,

        /// <summary>Passes it on.</summary>
        PassesGradient,

        /// <summary>Passes none, unless the loss takes it into account.</summary>
        Softmax,
    }

    /// <summary>A layer.</summary>
    /// <param name="Layer">The layer.</param>
    /// <param name="Kind">What it is to a gradient.</param>
    /// <param name="Makers">What makes its inputs.</param>
    internal sealed record Node(NeuralNetworkLayer Layer, Kind Kind, IReadOnlyList<Node> Makers)
    {
        /// <summary>Whether the layer passes a gradient on.</summary>
        public bool PassesGradient => Kind == Kind.PassesGradient;

        /// <summary>Nodes are themselves, whatever is in them.</summary>
        public bool Equals(Node? other) => ReferenceEquals(this, other);

        /// <summary>The identity's.</summary>
        public override int GetHashCode() => System.Runtime.CompilerServices.RuntimeHelpers.GetHashCode(this);
    }
}
