using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Threading;
using CoreMLQuant.NeuralNetworks;
using CoreMLQuant.Onnx.Graphs;
using CoreMLQuant.Specification;
using CoreMLQuant.Specification.Schema;
using CoreMLQuant.Specification.Schema.Details;

namespace CoreMLQuant.Onnx.Networks;

/// <summary>Translates the layers of a network and of those inside it; remembers those that have no translation and goes on.</summary>
/// <param name="weights">The weights.</param>
/// <param name="reader">Reads the settings of layers.</param>
/// <param name="names">Names of tensors.</param>
/// <param name="options">How to translate.</param>
/// <param name="hasFiveAxes">Whether blobs have five axes whatever the shape of the feature.</param>
/// <param name="cancellationToken">Stops translating.</param>
internal sealed class LayerTranslator(
    LayerWeights weights, DetailReader reader, TensorNames names, TranslationOptions options, bool hasFiveAxes, CancellationToken cancellationToken)
{
    private const string Place = "the network";

    private readonly List<NotRunnableOperation> _notRunnable = [];
    private int _trials;
    private readonly Dictionary<string, (NetworkLayer Layer, OnnxValue Tensor)> _written = new(StringComparer.Ordinal);

    /// <summary>The weights.</summary>
    public LayerWeights Weights => weights;

    /// <summary>Whether blobs have the five axes sequence, batch, channels, height and width whatever the shape of the feature.</summary>
    public bool HasFiveAxes => hasFiveAxes;

    /// <summary>Which blobs hold integers.</summary>
    public IntegerBlobs Integers { get; } = new();

    /// <summary>What layers with weights take.</summary>
    public LayerInputTaps Inputs { get; } = new(options.NestedValues);

    /// <summary>What has no translation, in the network's order.</summary>
    public IReadOnlyList<NotRunnableOperation> NotRunnable => _notRunnable;

    /// <summary>The blobs that the outermost layers write, each by its last writer.</summary>
    public IReadOnlyDictionary<string, (NetworkLayer Layer, OnnxValue Tensor)> Written => _written;

    /// <summary>Translates something to see what comes out; nothing of it is kept.</summary>
    public void Try(Action translate)
    {
        int refused = _notRunnable.Count;
        _trials++;
        translate();
        _trials--;
        _notRunnable.RemoveRange(refused, _notRunnable.Count - refused);
    }

    /// <summary>Translates layers in their order.</summary>
    /// <param name="layers">The layers.</param>
    /// <param name="prefix">Names of the layers around them.</param>
    /// <param name="scope">What blobs are before them.</param>
    /// <param name="first">Where to begin.</param>
    public void Translate(IReadOnlyList<NeuralNetworkLayer> layers, string prefix, NetworkScope scope, int first = 0)
    {
        for (int i = first; i < layers.Count; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            string name = layers[i].Name.Length > 0 ? layers[i].Name : i.ToString(CultureInfo.InvariantCulture);
            Translate(new NetworkLayer(prefix + name, layers[i]), scope);
            if (i + 1 == layers.Count || !LoopExits.AreIn(layers[i]))
            {
                continue;
            }

            // What comes after a layer that may have left the round of a loop runs only where it has not.
            if (layers[i].LayerCase == NeuralNetworkLayer.LayerOneofCase.Branch)
            {
                int next = i + 1;
                Conditional.Add(
                    scope,
                    scope.Find(LoopExits.Left)!,
                    _ => { },
                    inner => Translate(layers, prefix, inner, next),
                    LoopExits.Written(layers.Skip(next)));
            }

            return;
        }
    }

    private void Translate(NetworkLayer layer, NetworkScope scope)
    {
        scope.Graph.Origin = layer.Path;
        try
        {
            LayerDetails settings = reader.Reread(WithoutNetworks(layer.Message), LayerDetails.Parser, $"layer '{layer.Path}'");
            LayerForm form = LayerForms.Find(KindOf(layer.Message, settings)) ?? throw new NotTranslatableException(NoForm(layer.Message, settings));
            if (form.SinceOpset > options.Opset)
            {
                throw new NotTranslatableException($"it needs opset {form.SinceOpset} of ONNX; {options.Opset} was asked for.");
            }

            if (_trials == 0)
            {
                Inputs.Offer(layer, scope);
            }

            IReadOnlyList<OnnxValue> results = form.Translate(new LayerContext(layer, settings, scope, this));
            for (int i = 0; i < Math.Min(results.Count, layer.Message.Output.Count); i++)
            {
                Write(layer, i, results[i], settings, scope);
            }
        }
        catch (NotTranslatableException exception)
        {
            Refuse(layer, exception.Message, scope);
        }
        catch (OverflowException)
        {
            Refuse(layer, "its sizes go beyond all that can be counted.", scope);
        }
    }

    private void Write(NetworkLayer layer, int index, OnnxValue result, LayerDetails settings, NetworkScope scope)
    {
        string name = layer.Message.Output[index];
        OnnxValue blob = scope.Graph.Cast(result, OnnxTensorType.Float);
        if (blob.Shape is null && index < settings.OutputTensor.Count && settings.OutputTensor[index].Rank is > 0 and <= LayerRanks.Largest and var rank)
        {
            blob.Declare(ShapeNodes.Unknown((int)rank));
        }

        scope.Write(name, blob);
        if (blob.Maker?.Origin == layer.Path && _trials == 0)
        {
            names.Give(blob, name);
        }

        if (scope.Graph.Outer is null)
        {
            _written[name] = (layer, blob);
        }
    }

    private void Refuse(NetworkLayer layer, string reason, NetworkScope scope)
    {
        string type = layer.Type.Length > 0 ? layer.Type : TypeOf(layer);
        _notRunnable.Add(new NotRunnableOperation(layer.Path, type, Place, reason));

        // What comes after it is still looked at, with stand-ins.
        foreach (string output in layer.Message.Output)
        {
            scope.Write(output, new OnnxValue(OnnxTensorType.Float, hasFiveAxes ? ShapeNodes.Unknown(LayerRanks.Sequence) : null));
        }

        string TypeOf(NetworkLayer refused)
        {
            try
            {
                LayerDetails settings = reader.Reread(WithoutNetworks(refused.Message), LayerDetails.Parser, string.Empty);
                return MessageShape.LayerDetails.FieldName((int)settings.LayerCase) is { Length: > 0 } type ? type : "layer";
            }
            catch (Errors.CoreMLFormatException)
            {
                return "layer";
            }
        }
    }

    // The bytes of a layer with networks inside are those of all of them.
    private static NeuralNetworkLayer WithoutNetworks(NeuralNetworkLayer layer) => layer.LayerCase is NeuralNetworkLayer.LayerOneofCase.Branch or NeuralNetworkLayer.LayerOneofCase.Loop
        ? new NeuralNetworkLayer { InputTensor = { layer.InputTensor }, OutputTensor = { layer.OutputTensor } }
        : layer;

    private static LayerDetails.LayerOneofCase KindOf(NeuralNetworkLayer layer, LayerDetails settings) => layer.LayerCase switch
    {
        NeuralNetworkLayer.LayerOneofCase.Branch => LayerDetails.LayerOneofCase.Branch,
        NeuralNetworkLayer.LayerOneofCase.Loop => LayerDetails.LayerOneofCase.Loop,
        _ => settings.LayerCase,
    };

    private static string NoForm(NeuralNetworkLayer layer, LayerDetails settings) => settings.LayerCase switch
    {
        LayerDetails.LayerOneofCase.Custom => $"its class '{layer.Custom.ClassName}' is code of an application.",
        LayerDetails.LayerOneofCase.None => "its kind is not known.",
        _ => "there is no translation for layers of this kind.",
    };
}
