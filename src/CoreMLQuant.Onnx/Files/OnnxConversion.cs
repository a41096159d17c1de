using System.Collections.Generic;
using CoreMLQuant.Formatting;

namespace CoreMLQuant.Onnx.Files;

/// <summary>What became of a model that was converted to ONNX.</summary>
public sealed record OnnxConversion
{
    /// <summary>The Core ML model.</summary>
    public required string SourcePath { get; init; }

    /// <summary>The .onnx file.</summary>
    public required string Path { get; init; }

    /// <summary>Name of the .onnx file.</summary>
    public string Name => System.IO.Path.GetFileName(Path);

    /// <summary>The file with the weights; empty where they are inside.</summary>
    public required string DataPath { get; init; }

    /// <summary>Version of ONNX's operators.</summary>
    public required int Opset { get; init; }

    /// <summary>Bytes of all files.</summary>
    public required long Size { get; init; }

    /// <summary>Number of weights that were written.</summary>
    public required int WeightCount { get; init; }

    /// <summary>Number of nodes of the graph.</summary>
    public required int OperationCount { get; init; }

    /// <summary>Lowest signal-to-noise ratio of an output against the model that it was made of, dB; <see langword="null"/> unless it was verified.</summary>
    public double? Snr { get; init; }

    /// <summary>What else there is to know.</summary>
    public IReadOnlyList<string> Notes { get; init => field = DescribedList<string>.Of(value); } = DescribedList<string>.Of([]);

    /// <summary>The path.</summary>
    public override string ToString() => Path;
}
