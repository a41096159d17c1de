using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using CoreMLQuant.Errors;
using CoreMLQuant.Files;
using CoreMLQuant.Specification.Text;
using Google.Protobuf;
using ModelType = CoreMLQuant.Specification.Schema.Model.TypeOneofCase;

namespace CoreMLQuant.Specification.Compiled;

/// <summary>
/// Makes the specification of a compiled model again: the description from coremldata.bin, the program from its text, stages of a pipeline from
/// their folders. Weights stay where they are.
/// </summary>
internal sealed class CompiledModelReader
{
    // A pipeline within a pipeline is as deep as they are seen; each level costs stack.
    private const int MaxPipelineDepth = 8;
    private const int MaxStages = 1000;
    private const long MaxTextLength = 256 << 20;

    private readonly ModelContainer _container;
    private readonly DetachedPayloads _payloads = new();
    private readonly List<SourceFile> _files = [];

    private readonly CancellationToken _cancellationToken;

    private CompiledModelReader(ModelContainer container, CancellationToken cancellationToken)
    {
        _container = container;
        _cancellationToken = cancellationToken;
    }

    /// <summary>Reads a compiled model.</summary>
    /// <param name="container">Its folder.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    /// <exception cref="CoreMLFormatException">It is damaged, of a kind that is not known, or a NeuralNetwork.</exception>
    public static ModelStructure Read(ModelContainer container, CancellationToken cancellationToken)
    {
        var reader = new CompiledModelReader(container, cancellationToken);
        try
        {
            Schema.Model model = reader.Read(string.Empty, 0);
            if (container.HasFile(CompiledFiles.Metadata))
            {
                CompiledMetadata.Check(container.FullPath(CompiledFiles.Metadata), model);
            }

            return new ModelStructure(new ArraySegment<byte>(model.ToByteArray()), reader._payloads, reader._files);
        }
        catch
        {
            reader._files.ForEach(file => file.Dispose());
            throw;
        }
    }

    /// <summary>Reads the model in a folder.</summary>
    /// <param name="folder">Relative path with <c>/</c> at its end; empty for the outermost.</param>
    /// <param name="depth">Number of pipelines around it.</param>
    private Schema.Model Read(string folder, int depth)
    {
        _cancellationToken.ThrowIfCancellationRequested();
        if (_container.HasFile(folder + CompiledFiles.Network))
        {
            throw CompiledNetwork(folder);
        }

        var data = new CompiledData(Open(folder + CompiledFiles.Data), _payloads, _cancellationToken);
        switch ((ModelType)data.TypeNumber)
        {
            case ModelType.NeuralNetwork or ModelType.NeuralNetworkClassifier or ModelType.NeuralNetworkRegressor:
                throw CompiledNetwork(folder);
            case ModelType.MlProgram:
                Schema.Model program = data.ReadDescription();
                program.MlProgram = ReadProgram(folder);
                return program;
            case ModelType.Pipeline or ModelType.PipelineClassifier or ModelType.PipelineRegressor:
                return ReadPipeline(data, folder, depth);
            default:
                return data.ReadModel();
        }
    }

    private Schema.Model ReadPipeline(CompiledData data, string folder, int depth)
    {
        if (depth == MaxPipelineDepth)
        {
            throw Broken(FormatRule.NestingTooDeep, folder, $"pipelines are nested more than {MaxPipelineDepth} levels deep.", "The folder is damaged or malicious.");
        }

        Schema.Model model = data.ReadDescription();
        int count = CountStages(data.Names, folder);
        var pipeline = new Schema.Pipeline();
        pipeline.Models.AddRange(Enumerable.Range(0, count).Select(index => Read(folder + CompiledFiles.Stage(index) + "/", depth + 1)));
        switch ((ModelType)data.TypeNumber)
        {
            case ModelType.PipelineClassifier:
                model.PipelineClassifier = new Schema.PipelineClassifier { Pipeline = pipeline };
                break;
            case ModelType.PipelineRegressor:
                model.PipelineRegressor = new Schema.PipelineRegressor { Pipeline = pipeline };
                break;
            default:
                model.Pipeline = pipeline;
                break;
        }

        return model;
    }

    // The pipeline names its stages' folders, each followed by a version; all of them must be there.
    private int CountStages(string names, string folder)
    {
        int count = 0;
        while (count < MaxStages && names.IndexOf($".{CompiledFiles.Stage(count)}v", StringComparison.Ordinal) >= 0)
        {
            count++;
        }

        while (count < MaxStages && _container.HasFile($"{folder}{CompiledFiles.Stage(count)}/{CompiledFiles.Data}"))
        {
            count++;
        }

        return count > 0 ? count : throw Broken(FormatRule.CompiledModel, folder, "the pipeline has no stage.", "The folder is incomplete. Copy the whole model.");
    }

    private Schema.Program ReadProgram(string folder)
    {
        string path = folder + CompiledFiles.Program;
        if (!_container.HasFile(path))
        {
            throw Broken(FormatRule.CompiledModel, folder, $"the ML Program has no {CompiledFiles.Program}.", "The folder is incomplete. Copy the whole model.");
        }

        using var file = new SourceFile(_container.FullPath(path));
        if (file.Length > MaxTextLength)
        {
            throw new CoreMLFormatException(
                FormatRule.TooLarge, file.Path, $"the program is {file.Length} bytes long; the limit is {MaxTextLength >> 20} MB.", "Only the weights of a model can be this large.");
        }

        byte[] text = new byte[file.Length];
        file.ReadExactly(0, text);
        return ProgramReader.Read(text, file.Path, _payloads, folder, _cancellationToken);
    }

    private SourceFile Open(string relativePath)
    {
        if (!_container.HasFile(relativePath))
        {
            throw Broken(FormatRule.CompiledModel, string.Empty, $"'{relativePath}' is missing.", "The folder is incomplete. Copy the whole model.");
        }

        var file = new SourceFile(_container.FullPath(relativePath));
        _files.Add(file);
        return file;
    }

    private CoreMLFormatException CompiledNetwork(string folder) => Broken(
        FormatRule.CompiledNeuralNetwork,
        folder,
        "this is a compiled NeuralNetwork. Compilation replaced its layers with files that only Core ML reads (model.espresso.*), and no specification is left.",
        "Look for the .mlmodel or .mlpackage that it was compiled from, in the app's sources or where the model was published, and use that.");

    private CoreMLFormatException Broken(FormatRule rule, string folder, string problem, string remedy) =>
        new(rule, folder.Length == 0 ? _container.Path : _container.FullPath(folder.TrimEnd('/')), problem, remedy);
}
