using System.Collections.Generic;
using System.Linq;
using System.Threading;
using CoreMLQuant.Coding;
using CoreMLQuant.Elements;
using CoreMLQuant.Files;
using CoreMLQuant.Models;
using CoreMLQuant.NeuralNetworks.Folding;
using CoreMLQuant.Planning;
using CoreMLQuant.Recipes;
using CoreMLQuant.Specification;
using CoreMLQuant.Specification.Schema;

namespace CoreMLQuant.NeuralNetworks.Compression;

/// <summary>
/// Plans the compression of a NeuralNetwork's weights, each by itself: a quantized weight may stand beside floats of either
/// precision. What is compressed already, in another way, is decoded and compressed anew.
/// </summary>
internal sealed class NetworkCompressionPlanner
{
    private readonly PlanBuilder _builder;
    private readonly PipelineStage _stage;
    private readonly RecipeSelection _selection;
    private readonly NetworkWeightFinder _finder;
    private readonly Dictionary<NeuralNetworkLayer, EncodedWeight> _corrections = new(MessageIdentity<NeuralNetworkLayer>.Instance);
    private int _version;

    private NetworkCompressionPlanner(PlanBuilder builder, PipelineStage stage)
    {
        _builder = builder;
        _stage = stage;
        _selection = new RecipeSelection(builder.Recipe, builder.Rules);
        _finder = new NetworkWeightFinder(builder.Source, builder.Payloads, stage, builder.Rules, builder.Statistics);
    }

    /// <summary>Edits a stage of the plan's specification and records what becomes of each weight.</summary>
    /// <exception cref="RecipeException">A NeuralNetwork has no form for what is asked.</exception>
    /// <exception cref="Errors.CoreMLFormatException">A weight breaks a rule of the format.</exception>
    public static void Plan(PlanBuilder builder, PipelineStage stage, CancellationToken cancellationToken) =>
        new NetworkCompressionPlanner(builder, stage).Plan(cancellationToken);

    private void Plan(CancellationToken cancellationToken)
    {
        NetworkLayer[] layers = NetworkLayers.All(NetworkLayers.Of(_stage.Model)!).ToArray();
        IReadOnlyDictionary<NeuralNetworkLayer, FoldedLayer> folded = Fold(layers, cancellationToken);
        Dictionary<NeuralNetworkLayer, NetworkLayer> gone = folded.Values
            .SelectMany(layer => layer.Folded.Select(inner => (inner.Message, layer.Layer)))
            .ToDictionary(pair => pair.Message, pair => pair.Layer, MessageIdentity<NeuralNetworkLayer>.Instance);
        (NetworkWeight Weight, NetworkLayer? Into)[] weights = layers
            .SelectMany(layer => _finder
                .Of(layer, folded.TryGetValue(layer.Message, out FoldedLayer? fold) ? fold : null, Select)
                .Select(weight => (weight, gone.TryGetValue(layer.Message, out NetworkLayer? into) ? into : null)))
            .ToArray();
        NetworkWeight[] candidates = weights.Where(weight => weight.Into is null && weight.Weight.Reason.Length == 0).Select(weight => weight.Weight).ToArray();
        using (var work = ParallelWork<NetworkWeight>.Start(candidates, 0, (weight, stop) => weight.Look(stop), cancellationToken))
        {
            work.Join();
        }

        var biases = new HashSet<NeuralNetworkLayer>(
            weights.Where(weight => weight.Weight.Field.Name == "bias").Select(weight => weight.Weight.Layer.Message), MessageIdentity<NeuralNetworkLayer>.Instance);
        foreach ((NetworkWeight weight, NetworkLayer? into) in weights)
        {
            _builder.Add(into is null
                ? Encode(weight, biases.Contains(weight.Layer.Message)) with { ExpectedSnr = _builder.Choices?.SnrOf(weight.Site) }
                : new WeightPlan(weight.Site, WeightAction.Convert, "Folded", 0, $"folded into '{into.Path}'"));
        }

        if (_version > 0)
        {
            NetworkVersion.Raise(_builder, _stage, _version, _version == NetworkVersion.Int8Product ? "Int8 matrix multiplication needs" : "compressed weights need");
        }
    }

    // A budget has measured the weights as they are.
    private IReadOnlyDictionary<NeuralNetworkLayer, FoldedLayer> Fold(NetworkLayer[] layers, CancellationToken cancellationToken) => _builder.Choices is null
        ? LayerFolder.Fold(
            new NetworkSource(_builder.Source, _builder.Payloads, _stage),
            layers,
            layer => _finder.WantsFolding(layer, Select),
            next => !_builder.Rules.IsExcluded(next.Type, next.Path, next.Name),
            cancellationToken)
        : new Dictionary<NeuralNetworkLayer, FoldedLayer>(MessageIdentity<NeuralNetworkLayer>.Instance);

    // A budget has chosen among what the recipe says; which of its patterns are of any use, the selection notes in either case.
    private IReadOnlyList<WeightRecipe> Select(WeightSite site, IReadOnlyList<(string Type, string Name)> consumers, out string remark)
    {
        IReadOnlyList<WeightRecipe> selected = _selection.For(site.Name, consumers, out remark);
        return _builder.Choices is { } choices ? choices.StepsOf(site, out remark) : selected;
    }

    private WeightPlan Encode(NetworkWeight weight, bool hasBias)
    {
        if (weight.Field.Name == "bias" && _corrections.TryGetValue(weight.Layer.Message, out EncodedWeight? errors))
        {
            return CorrectBias(weight, errors);
        }

        NetworkCoder coder = NetworkCoder.Of(weight);
        if (coder.Weight is not { } encoded)
        {
            return weight.IsFolded ? StayFloat(weight, coder.Reason) : WeightPlan.Skip(weight.Site, coder.Reason);
        }

        encoded = _builder.Choices?.Of(weight.Site, encoded) ?? encoded;
        ElementType storage = encoded.Parts[0].Type;
        bool isProduct = storage == ElementType.Int8;
        WeightFieldWriter.SetCodes(weight.Field.Params, encoded, _builder.Payloads);
        SetProduct(weight, isProduct);
        if (weight.CorrectsBias(encoded))
        {
            Correct(weight, encoded, hasBias);
        }

        _version = System.Math.Max(_version, isProduct ? NetworkVersion.Int8Product : NetworkVersion.Quantized);
        WeightSite after = weight.Site with
        {
            ElementType = ElementType.Float32,
            Encoding = weight.Steps.Palettization is null ? WeightEncoding.Linear : WeightEncoding.Palettized,
            EncodingDetails = null,
            StorageType = storage,
        };
        string[] remarks = [weight.Remark, coder.Remark ?? string.Empty, weight.IsFolded ? "folded first" : string.Empty];
        return new WeightPlan(weight.Site, WeightAction.Convert, WeightEncodings.Describe(after), encoded.Length, string.Join("; ", remarks.Where(remark => remark.Length > 0)))
        {
            Part = encoded,
        };
    }

    // A bias that there is comes after the weights of its layer; where there is none, the layer gets one that nobody lists.
    private void Correct(NetworkWeight weight, EncodedWeight encoded, bool hasBias)
    {
        if (hasBias)
        {
            _corrections.Add(weight.Layer.Message, encoded);
            return;
        }

        int channels = checked((int)weight.Knowledge.Layer!.Channels);
        SetBias(LayerBias.Require(weight.Layer.Message), new CorrectedBiasPart(encoded, null, ElementType.Float32, channels), ElementType.Float32);
    }

    private WeightPlan CorrectBias(NetworkWeight bias, EncodedWeight errors)
    {
        ElementType type = bias is { IsFolded: false, Stored: { Encoding: WeightEncoding.Plain, ElementType: ElementType.Float16 } } ? ElementType.Float16 : ElementType.Float32;
        var part = new CorrectedBiasPart(errors, bias.Values, type, checked((int)bias.Values.Count));
        SetBias(bias.Field.Params, part, type);
        string remark = $"stays {type}; its values are corrected for the errors of the weights";
        return bias.IsFolded
            ? new WeightPlan(bias.Site, WeightAction.Convert, type.ToString(), part.Length, $"folded; {remark}")
            : WeightPlan.Skip(bias.Site, remark) with { SizeAfter = part.Length };
    }

    private void SetBias(WeightParams field, CorrectedBiasPart part, ElementType type)
    {
        part.Place();
        WeightFieldWriter.SetFloats(field, type, _builder.Payloads.Attach(part));
    }

    /// <summary>A weight that has changed by folding and is not compressed.</summary>
    private WeightPlan StayFloat(NetworkWeight weight, string reason)
    {
        var part = new ValuesPart(weight.Values, ElementType.Float32, weight.Site.ByteCount);
        WeightFieldWriter.SetFloats(weight.Field.Params, ElementType.Float32, _builder.Payloads.Attach(part));
        SetProduct(weight, false);
        return new WeightPlan(weight.Site, WeightAction.Convert, ElementType.Float32.ToString(), part.Length, $"folded; stays Float32: {reason}") { Part = part };
    }

    private static void SetProduct(NetworkWeight weight, bool value)
    {
        if (weight.Field.ChannelAxis is not null)
        {
            Int8Product.Set(weight.Layer.Message, value);
        }
    }
}
