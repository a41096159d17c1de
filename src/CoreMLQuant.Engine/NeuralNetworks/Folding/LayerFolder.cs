using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using CoreMLQuant.NeuralNetworks.Decoding;
using CoreMLQuant.Specification;
using CoreMLQuant.Specification.Schema;
using CoreMLQuant.Tensors;
using Google.Protobuf.Collections;
using LayerCase = CoreMLQuant.Specification.Schema.NeuralNetworkLayer.LayerOneofCase;

namespace CoreMLQuant.NeuralNetworks.Folding;

/// <summary>
/// Folds layers that scale and shift channels into the convolution or innerProduct before them, where nothing else sees the
/// blob between the two: a factor and a bias for each output channel, in FP64. Which weights make an output channel is the decoder's
/// knowledge (<see cref="NetworkWeightDecoder.FindGrid"/>), so groups and transposed convolutions need no care here.
/// </summary>
internal sealed class LayerFolder
{
    private readonly NetworkSource _network;
    private readonly StepReader _steps;
    private readonly BlobUses _uses;
    private readonly Dictionary<NeuralNetworkLayer, NetworkLayer> _layers = new(MessageIdentity<NeuralNetworkLayer>.Instance);
    private readonly Dictionary<NeuralNetworkLayer, FoldedLayer> _folded = new(MessageIdentity<NeuralNetworkLayer>.Instance);

    private LayerFolder(NetworkSource network, IReadOnlyList<NetworkLayer> layers)
    {
        _network = network;
        _steps = new StepReader(network);
        _uses = new BlobUses(network.Stage.Model, layers);
        foreach (NetworkLayer layer in layers)
        {
            _layers.Add(layer.Message, layer);
        }
    }

    /// <summary>Folds what can be folded: rewires the layers that take others in and takes those out of the network.</summary>
    /// <param name="network">The network; it is edited.</param>
    /// <param name="layers">Its layers, those of nested networks included.</param>
    /// <param name="isWanted">Whether a layer with weights may take in others.</param>
    /// <param name="mayGo">Whether a layer may be taken in.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    /// <returns>The layers that have taken in others. Their weight fields still hold what they held.</returns>
    public static IReadOnlyDictionary<NeuralNetworkLayer, FoldedLayer> Fold(
        NetworkSource network,
        IReadOnlyList<NetworkLayer> layers,
        Func<NetworkLayer, bool> isWanted,
        Func<NetworkLayer, bool> mayGo,
        CancellationToken cancellationToken)
    {
        var folder = new LayerFolder(network, layers);
        foreach (RepeatedField<NeuralNetworkLayer> list in NetworkLayers.Lists(NetworkLayers.Of(network.Stage.Model)!).ToArray())
        {
            folder.Fold(list, isWanted, mayGo, cancellationToken);
        }

        return folder._folded;
    }

    private void Fold(RepeatedField<NeuralNetworkLayer> list, Func<NetworkLayer, bool> isWanted, Func<NetworkLayer, bool> mayGo, CancellationToken cancellationToken)
    {
        var places = new Dictionary<NeuralNetworkLayer, int>(MessageIdentity<NeuralNetworkLayer>.Instance);
        foreach (NeuralNetworkLayer layer in list)
        {
            places.Add(layer, places.Count);
        }

        var gone = new HashSet<NeuralNetworkLayer>(MessageIdentity<NeuralNetworkLayer>.Instance);
        foreach (NeuralNetworkLayer message in list.Where(layer => layer.LayerCase is LayerCase.Convolution or LayerCase.InnerProduct).ToArray())
        {
            cancellationToken.ThrowIfCancellationRequested();
            NetworkLayer layer = _layers[message];
            if (message.Input.Count != 1 || message.Output.Count != 1 || !isWanted(layer) || Start(layer, cancellationToken) is not { } chain)
            {
                continue;
            }

            while (Next(list, places, message) is { } next
                && mayGo(next)
                && _steps.Read(next, chain.Channels, layer) is { } step
                && chain.TakeIn(step, next))
            {
                gone.Add(next.Message);
                message.Output[0] = next.Message.Output[0];
                message.OutputTensor.Clear();
                message.OutputTensor.AddRange(next.Message.OutputTensor);
            }

            if (chain.Folded.Count > 0)
            {
                _folded.Add(message, chain.Finish());
            }
        }

        if (gone.Count > 0)
        {
            NeuralNetworkLayer[] kept = list.Where(layer => !gone.Contains(layer)).ToArray();
            list.Clear();
            list.AddRange(kept);
        }
    }

    /// <summary>The layer behind, where it takes the layer's output alone and could as well compute in its place.</summary>
    private NetworkLayer? Next(RepeatedField<NeuralNetworkLayer> list, Dictionary<NeuralNetworkLayer, int> places, NeuralNetworkLayer layer)
    {
        if (_uses.OnlyTaker(layer.Output[0]) is not { } next
            || next.Input.Count != 1 || next.Output.Count != 1
            || !places.TryGetValue(next, out int place) || place <= places[layer]
            || _layers[next].IsUpdatable)
        {
            return null;
        }

        // The output appears earlier than before; nothing in between may know the name already.
        bool isSeen = list.Skip(places[layer] + 1).Take(place - places[layer] - 1).Any(between => BlobUses.Touches(between, next.Output[0]));
        return isSeen ? null : _layers[next];
    }

    private Chain? Start(NetworkLayer layer, CancellationToken cancellationToken)
    {
        (ulong outputs, bool hasBias) = layer.Message.LayerCase == LayerCase.Convolution
            ? (layer.Message.Convolution.OutputChannels, layer.Message.Convolution.HasBias)
            : (layer.Message.InnerProduct.OutputChannels, layer.Message.InnerProduct.HasBias);
        if (outputs is 0 or > int.MaxValue || layer.Fields.FirstOrDefault(field => field.Name == "weights") is not { } field)
        {
            return null;
        }

        WeightPlace place = WeightPlace.Of(_network.File, _network.Stage.Name, layer, field);
        if (StoredWeight.Read(field, _network.Payloads, place) is not { } stored || stored.ElementCount != field.ClaimedCount
            || NetworkWeightDecoder.FindGrid(field, stored, field.ChannelCount) is null)
        {
            return null;
        }

        double[]? bias = hasBias ? _steps.Values(layer, "bias", (int)outputs) : new double[outputs];
        TensorValues values = NetworkWeightDecoder.Decode(field, stored, _network.Payloads, place);
        return bias is null ? null : new Chain(layer, bias, hasBias, new Lazy<double>(() => Magnitude(values, cancellationToken)));
    }

    private static double Magnitude(TensorValues values, CancellationToken cancellationToken)
    {
        var scan = new ValueScan();
        ValueTiles.Visit(values, (_, tile) => scan.Add(tile), cancellationToken);
        return scan.HasNonFinite ? double.PositiveInfinity : scan.MaxMagnitude;
    }

    /// <summary>A layer and what it has taken in so far.</summary>
    private sealed class Chain(NetworkLayer layer, double[] bias, bool hasBias, Lazy<double> magnitude)
    {
        private double[] _factors = Enumerable.Repeat(1d, bias.Length).ToArray();
        private double[] _bias = bias;

        public int Channels => _bias.Length;

        public List<NetworkLayer> Folded { get; } = [];

        /// <summary>Takes in a layer, unless FP32 could not hold the result.</summary>
        public bool TakeIn(ChannelStep step, NetworkLayer next)
        {
            double[] factors = _factors.Select((factor, i) => factor * step.Factors[i]).ToArray();
            double[] shifted = _bias.Select((value, i) => (value * step.Factors[i]) - (step.Centres[i] * step.Factors[i]) + step.Shifts[i]).ToArray();
            if (!factors.All(factor => Fits(factor * magnitude.Value)) || !shifted.All(Fits))
            {
                return false;
            }

            (_factors, _bias) = (factors, shifted);
            Folded.Add(next);
            return true;
        }

        /// <summary>Gives the layer the bias field that it needs.</summary>
        public FoldedLayer Finish()
        {
            bool needsBias = hasBias || _bias.Any(value => value != 0);
            if (needsBias)
            {
                LayerBias.Require(layer.Message);
            }

            float[]? single = needsBias ? Array.ConvertAll(_bias, value => (float)value) : null;
            return new FoldedLayer(new NetworkLayer(layer.Path, layer.Message), _factors, single, Folded);
        }

        // False for NaN, too.
        private static bool Fits(double value) => Math.Abs(value) <= float.MaxValue;
    }
}
