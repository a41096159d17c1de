using System;
using System.Management.Automation;
using System.Threading.Tasks;
using CoreMLQuant.Conversion;
using CoreMLQuant.Results;

namespace CoreMLQuant.Abstractions;

/// <summary>One model on its way through a run: planned, decided about, written, handed on. It is done when it has a result or an error.</summary>
/// <param name="sourcePath">Full path of the model.</param>
internal sealed class ConversionJob(string sourcePath) : IDisposable
{
    /// <summary>Full path of the model.</summary>
    public string SourcePath { get; } = sourcePath;

    /// <summary>Its number in the run, from 1; 0 when it is the only one.</summary>
    public int Number { get; init; }

    /// <summary>Full path of the output, if there is one.</summary>
    public string? Target { get; init; }

    /// <summary>Opens and plans the model; <see langword="null"/> for one that need not be opened.</summary>
    public Task<PlannedModel>? Planning { get; init; }

    /// <summary>Writes the output; <see langword="null"/> until that is decided, and when nothing is written.</summary>
    public Task<FlushingOutput>? Writing { get; set; }

    /// <summary>Shows how far it is.</summary>
    public ProgressReporter? Progress { get; set; }

    /// <summary>What came of it without anything being written.</summary>
    public ConversionResult? Result { get; set; }

    /// <summary>Its plan, when that is all that is wanted.</summary>
    public ConversionPlan? Plan { get; set; }

    /// <summary>What went wrong.</summary>
    public ErrorRecord? Error { get; set; }

    /// <summary>Whether a worker is busy with its output.</summary>
    public bool IsWriting => Writing is { IsCompleted: false };

    /// <summary>Whether handing it on would not wait.</summary>
    public bool IsDone => Writing is null || (Writing.IsCompleted && (Writing.Status != TaskStatus.RanToCompletion || Writing.Result.IsCompleted));

    /// <summary>Lets go of what it holds. Its calls have ended, except for the flush, which is awaited.</summary>
    public void Dispose()
    {
        if (Planning is { Status: TaskStatus.RanToCompletion } planning)
        {
            planning.Result.Dispose();
        }

        if (Writing is { Status: TaskStatus.RanToCompletion } writing)
        {
            writing.Result.Dispose();
        }
    }
}
