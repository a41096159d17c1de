using System;
using System.Threading.Tasks;
using CoreMLQuant.Conversion;

namespace CoreMLQuant.Abstractions;

/// <summary>A model that is written and on its way to the medium, while the pipeline goes on with the next one.</summary>
internal sealed class FlushingOutput : IDisposable
{
    private readonly PendingConversion _conversion;
    private readonly Task<ConversionResult> _completion;

    /// <summary>Starts the flush.</summary>
    /// <param name="conversion">What was written; disposed with this.</param>
    public FlushingOutput(PendingConversion conversion)
    {
        _conversion = conversion;
        _completion = Task.Run(conversion.Complete);
    }

    /// <summary>Full path of the model that was read.</summary>
    public string SourcePath => _conversion.SourcePath;

    /// <summary>Whether the model is in its place, or cannot be.</summary>
    public bool IsCompleted => _completion.IsCompleted;

    /// <summary>Waits until the model is on the medium and in its place.</summary>
    public ConversionResult Wait() => _completion.GetAwaiter().GetResult();

    /// <summary>Waits for the flush, however it ends: a model that is complete is not thrown away because nobody waits any more.</summary>
    public void Dispose()
    {
        Task.WaitAny(_completion);
        _conversion.Dispose();
    }
}
