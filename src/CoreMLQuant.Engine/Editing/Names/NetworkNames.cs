using System.Collections.Generic;
using System.Linq;
using CoreMLQuant.Editing.Plans;
using CoreMLQuant.NeuralNetworks;
using CoreMLQuant.Specification.Schema;
using CoreMLQuant.Specification.Schema.Details;
using Google.Protobuf;
using Google.Protobuf.Collections;

namespace CoreMLQuant.Editing.Names;

/// <summary>
/// Renames the blobs behind the features of a NeuralNetwork. A blob is a variable: a name means one value in all layers and in the networks inside
/// them, wherever it is read or written.
/// </summary>
internal static class NetworkNames
{
    /// <summary>Renames inputs and outputs.</summary>
    /// <exception cref="EditException">A name is that of another blob.</exception>
    public static void Rename(EditBuilder builder, Model model, RepeatedField<NeuralNetworkLayer> layers, Renames names)
    {
        Dictionary<string, string> blobs = names.All.Distinct().ToDictionary(pair => pair.Key, pair => pair.Value);
        RepeatedField<NeuralNetworkLayer>[] lists = NetworkLayers.Lists(layers).ToArray();
        NameRules.CheckFree(
            blobs,
            lists.SelectMany(list => list)
                .SelectMany(layer => layer.Output.Concat(layer.Input).Select(blob => (Blob: blob, Layer: layer.Name)))
                .Where(pair => !blobs.ContainsKey(pair.Blob))
                .GroupBy(pair => pair.Blob)
                .ToDictionary(group => group.Key, group => $"a value (of the layer '{group.First().Layer}')"),
            "the network");
        foreach (NeuralNetworkLayer layer in lists.SelectMany(list => list))
        {
            Replace(layer.Input, blobs);
            Replace(layer.Output, blobs);
            if (layer.LayerCase == NeuralNetworkLayer.LayerOneofCase.Loop)
            {
                layer.Loop.ConditionVar = New(layer.Loop.ConditionVar, blobs);
            }
        }

        if (model.NeuralNetworkClassifier is { } classifier)
        {
            classifier.LabelProbabilityLayerName = New(classifier.LabelProbabilityLayerName, blobs);
        }

        RenamePreprocessing(builder, NetworkLayers.PreprocessingOf(model), blobs);
        RenameLosses(builder, model, blobs);
    }

    private static void RenamePreprocessing(EditBuilder builder, RepeatedField<ByteString> preprocessing, IReadOnlyDictionary<string, string> blobs)
    {
        for (int i = 0; i < preprocessing.Count; i++)
        {
            preprocessing[i] = builder.Details.Edit(preprocessing[i], PreprocessingDetails.Parser, "The preprocessing", step =>
            {
                string name = New(step.FeatureName, blobs);
                bool isChanged = name != step.FeatureName;
                step.FeatureName = name;
                return isChanged;
            });
        }
    }

    private static void RenameLosses(EditBuilder builder, Model model, IReadOnlyDictionary<string, string> blobs)
    {
        switch (model.TypeCase)
        {
            case Model.TypeOneofCase.NeuralNetwork:
                model.NeuralNetwork.UpdateParams = Edited(model.NeuralNetwork.UpdateParams);
                break;
            case Model.TypeOneofCase.NeuralNetworkClassifier:
                model.NeuralNetworkClassifier.UpdateParams = Edited(model.NeuralNetworkClassifier.UpdateParams);
                break;
            case Model.TypeOneofCase.NeuralNetworkRegressor:
                model.NeuralNetworkRegressor.UpdateParams = Edited(model.NeuralNetworkRegressor.UpdateParams);
                break;
        }

        ByteString Edited(ByteString field) => field.IsEmpty ? field : builder.Details.Edit(field, UpdateDetails.Parser, "The description of the training", training =>
        {
            bool isChanged = false;
            foreach (LossEndsDetails ends in training.LossLayers
                .Select(loss => loss.CategoricalCrossEntropyLossLayer ?? loss.MeanSquaredErrorLossLayer)
                .OfType<LossEndsDetails>())
            {
                isChanged |= blobs.ContainsKey(ends.Input) || blobs.ContainsKey(ends.Target);
                ends.Input = New(ends.Input, blobs);
                ends.Target = New(ends.Target, blobs);
            }

            return isChanged;
        });
    }

    private static void Replace(RepeatedField<string> names, IReadOnlyDictionary<string, string> blobs)
    {
        for (int i = 0; i < names.Count; i++)
        {
            names[i] = New(names[i], blobs);
        }
    }

    private static string New(string name, IReadOnlyDictionary<string, string> blobs) => blobs.TryGetValue(name, out string? changed) ? changed : name;
}
