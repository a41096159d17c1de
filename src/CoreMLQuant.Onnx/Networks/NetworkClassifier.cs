using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using CoreMLQuant.Onnx.Graphs;
using CoreMLQuant.Specification;
using CoreMLQuant.Specification.Schema;
using CoreMLQuant.Specification.Schema.Details;

namespace CoreMLQuant.Onnx.Networks;

/// <summary>
/// A classifier's label and its dictionary are no tensors, so the graph gives out the probabilities and whoever runs it picks the label.
/// </summary>
internal sealed class NetworkClassifier
{
    private readonly ModelDescription _description;
    private readonly IReadOnlyList<string> _labels;
    private readonly bool _areNumbers;
    private readonly string _blob;
    private OnnxValue? _output;

    private NetworkClassifier(ModelDescription description, IReadOnlyList<string> labels, bool areNumbers, string blob)
    {
        _description = description;
        _labels = labels;
        _areNumbers = areNumbers;
        _blob = blob;
    }

    /// <summary>The classifier; <see langword="null"/> for a network that is none.</summary>
    public static NetworkClassifier? Of(Model model, ModelDescription description, DetailReader reader)
    {
        if (model.TypeCase != Model.TypeOneofCase.NeuralNetworkClassifier)
        {
            return null;
        }

        NeuralNetworkClassifier classifier = model.NeuralNetworkClassifier;
        bool areNumbers = classifier.ClassLabelsCase == NeuralNetworkClassifier.ClassLabelsOneofCase.Int64ClassLabels;
        string[] labels = areNumbers
            ? reader.Read(classifier.Int64ClassLabels, Int64Labels.Parser, "the class labels").Vector.Select(label => label.ToString(CultureInfo.InvariantCulture)).ToArray()
            : reader.Read(classifier.StringClassLabels, StringLabels.Parser, "the class labels").Vector.ToArray();

        // Without a name the last layer gives the probabilities.
        string blob = classifier.LabelProbabilityLayerName.Length > 0 || classifier.Layers.Count == 0
            ? classifier.LabelProbabilityLayerName
            : classifier.Layers[classifier.Layers.Count - 1].Output.FirstOrDefault() ?? string.Empty;
        return new NetworkClassifier(description, labels, areNumbers, blob);
    }

    /// <summary>Whether a feature is the label or the dictionary.</summary>
    public bool Gives(string feature) => feature == _description.PredictedFeatureName || feature == _description.PredictedProbabilitiesName;

    /// <summary>Makes the probabilities an output of the graph: a vector in the order of the labels.</summary>
    public void AddOutput(NetworkScope scope, TensorNames names, LayerTranslator translator)
    {
        // The name is that of a blob, or of the layer that makes it.
        OnnxValue blob = scope.Find(_blob)
            ?? translator.Written.Values.FirstOrDefault(written => written.Layer.Name == _blob).Tensor
            ?? throw new NotTranslatableException($"no layer makes the probabilities '{_blob}'.");
        string name = _description.PredictedProbabilitiesName.Length > 0 ? _description.PredictedProbabilitiesName : _blob;
        _output = scope.Graph.AddOutput(scope.Graph.Reshape(blob, -1), name);
        names.Give(_output, name);
    }

    /// <summary>What the probabilities mean, once all tensors have names.</summary>
    public OnnxClassifier Describe() => new(
        _labels, _areNumbers, _description.PredictedFeatureName, _description.PredictedProbabilitiesName, _output!.Name);
}
