using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Threading;
using CoreMLQuant.Errors;
using CoreMLQuant.Files;
using CoreMLQuant.Inspection;
using CoreMLQuant.Models;
using CoreMLQuant.Onnx.Schema;
using Google.Protobuf;

namespace CoreMLQuant.Onnx.Files;

/// <summary>Writes translations as .onnx files that stand on their own: weights inside while protobuf can hold them, and in one file beside it otherwise.</summary>
public static class OnnxModelFile
{
    /// <summary>Extension of the file.</summary>
    public const string Extension = ".onnx";

    /// <summary>What the name of the file with the weights has behind the model's.</summary>
    public const string DataSuffix = ".data";

    // Protobuf's limit is 2^31 - 1 bytes; the rest is room for the graph.
    private const long LargestInside = 2_000_000_000;

    /// <summary>Writes a file, complete or not at all.</summary>
    /// <param name="file">The model; open.</param>
    /// <param name="translation">What it was translated to.</param>
    /// <param name="destination">Full path.</param>
    /// <param name="options">Whether files that are there may be replaced, and whether to wait until the new ones are on disk.</param>
    /// <param name="cancellationToken">Stops writing.</param>
    /// <returns>What was written.</returns>
    /// <exception cref="DestinationExistsException">Something is there and may not be replaced.</exception>
    /// <exception cref="IOException">A weight cannot be read or a file not be written.</exception>
    public static OnnxConversion Save(ModelFile file, OnnxTranslation translation, string destination, OutputOptions options, CancellationToken cancellationToken = default)
    {
        WeightBytes[] weights = WeightBytes.Of(translation).ToArray();
        long total = weights.Sum(weight => weight.Length);
        string dataPath = destination + DataSuffix;
        using StagedOutput staged = StagedOutput.Begin(destination, options.Overwrite);
        using StagedOutput? data = total > LargestInside ? StagedOutput.Begin(dataPath, options.Overwrite) : null;
        ModelProto model = Described(translation.Model, file.Describe(), translation);
        Dictionary<string, TensorProto> tensors = model.Graph.Initializer.ToDictionary(tensor => tensor.Name, StringComparer.Ordinal);
        if (data is null)
        {
            foreach (WeightBytes weight in weights)
            {
                OnnxTensors.PutInside(tensors[weight.TensorName], weight.Read(cancellationToken));
            }
        }
        else
        {
            data.Write(path =>
            {
                using FileStream stream = File.Create(path);
                foreach (WeightBytes weight in weights)
                {
                    OnnxTensors.PutBeside(tensors[weight.TensorName], Path.GetFileName(dataPath), weight, stream, cancellationToken);
                }
            });
        }

        staged.Write(path =>
        {
            using FileStream stream = File.Create(path);
            model.WriteTo(stream);
        });

        // The model comes last: whoever sees it finds its data.
        bool isConfirmed = data?.Commit(options) ?? true;
        isConfirmed &= staged.Commit(options);
        return new OnnxConversion
        {
            SourcePath = file.Path,
            Path = destination,
            DataPath = data is null ? string.Empty : dataPath,
            Opset = translation.Opset,
            Size = new FileInfo(destination).Length + (data is null ? 0 : new FileInfo(dataPath).Length),
            WeightCount = weights.Length,
            OperationCount = model.Graph.Node.Count,
            Notes = isConfirmed ? [] : [OutputOptions.NotConfirmed],
        };
    }

    // A copy of the message with tensors of its own, since they are changed; nodes are shared.
    private static ModelProto Described(ModelProto source, CoreMLModel model, OnnxTranslation translation)
    {
        var graph = new GraphProto { Name = model.Name };
        graph.Node.AddRange(source.Graph.Node);
        graph.Initializer.AddRange(source.Graph.Initializer.Select(tensor => tensor.Clone()));
        graph.Input.AddRange(source.Graph.Input);
        graph.Output.AddRange(source.Graph.Output);
        graph.ValueInfo.AddRange(source.Graph.ValueInfo);
        var described = new ModelProto
        {
            IrVersion = source.IrVersion,
            ProducerName = source.ProducerName,
            ProducerVersion = typeof(OnnxModelFile).Assembly.GetName().Version!.ToString(3),
            DocString = model.Description,
            Graph = graph,
        };
        described.OpsetImport.AddRange(source.OpsetImport);
        IEnumerable<KeyValuePair<string, string>> facts = new Dictionary<string, string>
        {
            ["author"] = model.Author,
            ["license"] = model.License,
            ["version"] = model.Version,
            ["class_labels"] = translation.Classifier is { } classifier ? string.Join("\n", classifier.Labels) : string.Empty,
        }.Where(pair => pair.Value.Length > 0);
        foreach (KeyValuePair<string, string> pair in facts.Concat(model.Metadata.OrderBy(pair => pair.Key, StringComparer.Ordinal)))
        {
            described.MetadataProps.Add(new StringStringEntryProto { Key = pair.Key, Value = pair.Value });
        }

        return described;
    }
}
