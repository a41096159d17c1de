using System.Collections.Generic;
using System.Linq;
using CoreMLQuant.Onnx.Graphs;
using CoreMLQuant.Specification;
using CoreMLQuant.Specification.Schema;
using CoreMLQuant.Specification.Schema.Details;

namespace CoreMLQuant.Onnx.Networks;

/// <summary>The inputs of a network as inputs of the graph, and what the network does to images first.</summary>
internal sealed class NetworkInputs
{
    private readonly IReadOnlyList<FeatureDescription> _features;
    private readonly IReadOnlyList<PreprocessingDetails> _preprocessing;
    private readonly bool _hasFiveAxes;

    /// <summary>Reads how a network takes its inputs.</summary>
    public NetworkInputs(Model model, ModelDescription description, DetailReader reader)
    {
        _features = description.Input;
        _hasFiveAxes = !NeuralNetworks.NetworkLayers.HasExactShapes(model);
        IReadOnlyList<Google.Protobuf.ByteString> steps = model.TypeCase switch
        {
            Model.TypeOneofCase.NeuralNetworkClassifier => model.NeuralNetworkClassifier.Preprocessing,
            Model.TypeOneofCase.NeuralNetworkRegressor => model.NeuralNetworkRegressor.Preprocessing,
            _ => model.NeuralNetwork.Preprocessing,
        };
        _preprocessing = steps.Select(step => reader.Read(step, PreprocessingDetails.Parser, "the preprocessing")).ToArray();
    }

    /// <summary>Adds the inputs to the graph and their blobs to the scope.</summary>
    public IReadOnlyList<(FeatureDescription Feature, OnnxValue Tensor)> Define(NetworkScope scope)
    {
        var inputs = new List<(FeatureDescription, OnnxValue)>();
        foreach (FeatureDescription feature in _features)
        {
            FeatureType type = feature.Type ?? new FeatureType();
            OnnxValue tensor = scope.Graph.AddInput(TypeOf(type), FeatureBlobs.TensorShape(type), feature.Name);
            inputs.Add((feature, tensor));
            OnnxValue blob = scope.Graph.Cast(tensor, OnnxTensorType.Float);
            if (type.ImageType is { } image)
            {
                blob = Preprocessed(scope.Graph, blob, feature.Name, image);
            }

            scope.Write(feature.Name, _hasFiveAxes ? FeatureBlobs.ToFiveAxes(scope.Graph, blob) : blob);
        }

        return inputs;
    }

    private static OnnxTensorType TypeOf(FeatureType type) => type.MultiArrayType?.DataType is ArrayFeatureType.Types.ArrayDataType.Int32 or ArrayFeatureType.Types.ArrayDataType.Int8
        ? OnnxTensorType.Int32
        : OnnxTensorType.Float;

    // A step without a name is for the first image.
    private OnnxValue Preprocessed(GraphBuilder graph, OnnxValue x, string name, ImageFeatureType image)
    {
        bool isFirst = _features.First(feature => feature.Type?.ImageType is not null).Name == name;
        foreach (PreprocessingDetails step in _preprocessing.Where(step => step.FeatureName == name || (step.FeatureName.Length == 0 && isFirst)))
        {
            x = step.PreprocessorCase switch
            {
                PreprocessingDetails.PreprocessorOneofCase.Scaler => Scaled(graph, x, step.Scaler, image.ColorSpace),
                PreprocessingDetails.PreprocessorOneofCase.MeanImage => graph.Minus(x, MeanImage(graph, x, step.MeanImage)),
                _ => x,
            };
        }

        return x;
    }

    private static OnnxValue Scaled(GraphBuilder graph, OnnxValue x, ImageScalerDetails scaler, ImageFeatureType.Types.ColorSpace space)
    {
        float[] biases = space switch
        {
            ImageFeatureType.Types.ColorSpace.Rgb => [scaler.RedBias, scaler.GreenBias, scaler.BlueBias],
            ImageFeatureType.Types.ColorSpace.Bgr => [scaler.BlueBias, scaler.GreenBias, scaler.RedBias],
            _ => [scaler.GrayBias],
        };

        // A scaler without a scale scales by 1.
        OnnxValue scaled = scaler.ChannelScale is 0 or 1 ? x : graph.Times(x, graph.Constants.Float(scaler.ChannelScale));
        return biases.All(bias => bias == 0) ? scaled : graph.Plus(scaled, graph.Constants.Floats(biases, [1, biases.Length, 1, 1]));
    }

    private static OnnxValue MeanImage(GraphBuilder graph, OnnxValue x, MeanImageDetails mean) => x.IsStatic && ShapeArithmetic.ElementCount(x.Shape) == mean.MeanImage.Count
        ? graph.Constants.Floats(mean.MeanImage.ToArray(), x.Shape!)
        : throw new NotTranslatableException($"the mean image has {mean.MeanImage.Count} values; the image has another number.");
}
