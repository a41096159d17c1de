using System;
using System.Diagnostics;
using System.IO;
using CoreMLQuant.Errors;
using CoreMLQuant.Files;
using CoreMLQuant.Models;
using CoreMLQuant.Planning;

namespace CoreMLQuant.Conversion;

/// <summary>A conversion whose model is written, and neither on the medium nor in its place yet. Disposed before it is completed, it never happened.</summary>
public sealed class PendingConversion : IDisposable
{
    private readonly StagedModel? _staged;
    private ConversionResult _result;

    internal PendingConversion(ConversionResult result, StagedModel? staged = null)
    {
        _result = result;
        _staged = staged;
    }

    /// <summary>Full path of the model that was read.</summary>
    public string SourcePath => _result.SourcePath;

    /// <summary>Where the new model stands until it is completed; <see langword="null"/> when none was written.</summary>
    public string? WrittenPath => _result.Status == nameof(ConversionStatus.Converted) ? _staged?.WrittenPath : null;

    /// <summary>Whether it is known how near the outputs of the new model are to those of its source.</summary>
    public bool HasOutputs => _result.OutputSamples is not null;

    /// <summary>Whether activations of the new model are quantized.</summary>
    public bool QuantizesActivations => WrittenPath is not null && _result.Activations.Count > 0;

    /// <summary>Adds to the result how near the outputs of the new model are to those of its source.</summary>
    public void Tell(OutputFidelity outputs) => _result = _result.WithOutputs(outputs);

    /// <summary>Adds a note to the result.</summary>
    public void Tell(string note) => _result = _result with { Notes = [.. _result.Notes, note] };

    /// <summary>Adds to the time that the result tells what somebody has looked at the model for.</summary>
    public void Tell(TimeSpan looked) => _result = _result with { Elapsed = _result.Elapsed + looked };

    /// <summary>Waits for the medium and renames the model into place.</summary>
    /// <exception cref="DestinationExistsException">Something has appeared at the destination and may not be replaced.</exception>
    /// <exception cref="IOException">The model did not reach the medium or cannot be renamed; the destination is as it was.</exception>
    public ConversionResult Complete()
    {
        if (_staged is null)
        {
            return _result;
        }

        Stopwatch time = Stopwatch.StartNew();
        bool flushed = _staged.Commit();
        return _result with
        {
            Elapsed = _result.Elapsed + time.Elapsed,
            Notes = flushed ? _result.Notes : [.. _result.Notes, OutputOptions.NotConfirmed],
        };
    }

    /// <summary>Removes what was staged.</summary>
    public void Dispose() => _staged?.Dispose();
}
