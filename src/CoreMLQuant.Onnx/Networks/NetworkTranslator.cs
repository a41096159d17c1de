using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using CoreMLQuant.Elements;
using CoreMLQuant.Models;
using CoreMLQuant.NeuralNetworks;
using CoreMLQuant.Onnx.Graphs;
using CoreMLQuant.Specification;
using CoreMLQuant.Specification.Schema;

namespace CoreMLQuant.Onnx.Networks;

/// <summary>Translates a NeuralNetwork, classifiers and regressors included.</summary>
internal static class NetworkTranslator
{
    /// <summary>Translates a network, or says what of it has no translation.</summary>
    public static (OnnxTranslation? Translation, RunnabilityReport Report) Translate(
        ModelFile file, Model model, TranslationOptions options, CancellationToken cancellationToken)
    {
        IReadOnlyList<NeuralNetworkLayer> layers = NetworkLayers.Of(model)!;
        ModelDescription description = model.Description ?? new ModelDescription();
        var graph = new GraphBuilder(options.Opset) { HiddenStates = options.HasHiddenStates ? new Dictionary<string, OnnxValue>(StringComparer.Ordinal) : null };
        var names = new TensorNames();
        description.Input.Select(input => input.Name).ToList().ForEach(names.Reserve);
        var reader = new DetailReader(file.Payloads, file.Container.SpecificationPath);
        bool hasFiveAxes = !NetworkLayers.HasExactShapes(model);
        var translator = new LayerTranslator(new LayerWeights(file, string.Empty, graph.Constants), reader, names, options, hasFiveAxes, cancellationToken);
        var scope = new NetworkScope(null, graph);
        var refused = new List<NotRunnableOperation>();
        try
        {
            IReadOnlyList<(FeatureDescription Feature, OnnxValue Tensor)> inputs = new NetworkInputs(model, description, reader).Define(scope);
            (string Name, OnnxValue Tensor)[] blobs = inputs.Select(input => (input.Feature.Name, scope.Find(input.Feature.Name)!)).ToArray();
            translator.Translate(layers, string.Empty, scope);
            refused.AddRange(translator.NotRunnable);
            if (refused.Count == 0)
            {
                return (Finished(file, model, description, inputs, blobs, translator, scope, names, reader), new RunnabilityReport([]));
            }
        }
        catch (NotTranslatableException exception)
        {
            refused.AddRange(translator.NotRunnable);
            refused.Add(new NotRunnableOperation(string.Empty, "network", "the model", exception.Message));
        }

        return (null, new RunnabilityReport(refused));
    }

    private static OnnxTranslation Finished(
        ModelFile file,
        Model model,
        ModelDescription description,
        IReadOnlyList<(FeatureDescription Feature, OnnxValue Tensor)> inputs,
        IReadOnlyList<(string Name, OnnxValue Tensor)> blobs,
        LayerTranslator translator,
        NetworkScope scope,
        TensorNames names,
        DetailReader reader)
    {
        GraphBuilder graph = scope.Graph;
        graph.Origin = string.Empty;
        NetworkClassifier? classifier = NetworkClassifier.Of(model, description, reader);
        var outputs = new List<(FeatureDescription Feature, OnnxValue Tensor)>();
        foreach (FeatureDescription output in description.Output.Where(output => classifier?.Gives(output.Name) != true))
        {
            OnnxValue blob = scope.Find(output.Name) ?? throw new NotTranslatableException($"no layer makes the output '{output.Name}'.");
            OnnxValue value = NetworkOutputs.ToFeature(graph, blob, output.Type ?? new FeatureType(), translator.HasFiveAxes);
            OnnxValue tensor = graph.AddOutput(value, output.Name);
            names.Give(tensor, output.Name);
            outputs.Add((output, tensor));
        }

        classifier?.AddOutput(scope, names, translator);
        var writer = new GraphWriter(graph, names.Taken);
        return new OnnxTranslation(graph, writer, file.Container)
        {
            Inputs = inputs.Select(input => Describe(input.Feature, input.Tensor)).ToArray(),
            Outputs = outputs.Select(output => Describe(output.Feature, output.Tensor)).ToArray(),
            States = [],
            Classifier = classifier?.Describe(),
            Weights = OnnxTranslation.WeightsOf(graph, translator.Weights.Known),
            Taps = translator.Written.Where(pair => pair.Value.Tensor is { Maker: not null, Name.Length: > 0 })
                .Select(pair => new OnnxTap(
                    pair.Key, pair.Value.Tensor.Name, pair.Value.Layer.Path, pair.Value.Layer.Type, ElementType.Float32, pair.Value.Tensor.Type, pair.Value.Tensor.Shape ?? []))
                .ToArray(),

            HiddenStateTaps = OnnxTranslation.HiddenStatesOf(graph),
            NestedTaps = translator.Inputs.In(graph),

            // A blob that a layer writes again is what that layer makes of it.
            InputTaps = blobs.Where(blob => blob.Tensor is { Maker: not null, Name.Length: > 0 } && !translator.Written.ContainsKey(blob.Name))
                .Select(blob => new OnnxTap(blob.Name, blob.Tensor.Name, string.Empty, "input", ElementType.Float32, blob.Tensor.Type, blob.Tensor.Shape ?? []))
                .ToArray(),
        };
    }

    private static OnnxFeature Describe(FeatureDescription feature, OnnxValue tensor) => FeatureShapes.Describe(
        feature, feature.Name, tensor.Type == OnnxTensorType.Int32 ? ElementType.Int32 : ElementType.Float32, tensor, tensor.Shape ?? []);
}
