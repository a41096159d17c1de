using System;
using System.Globalization;
using System.Threading;
using CoreMLQuant.Running;
using Microsoft.ML.OnnxRuntime;

namespace CoreMLQuant.Runtime.Sessions;

/// <summary>
/// Ends the opening of a session that is canceled or takes too long. ONNX Runtime asks between one optimization of the graph and the next: one that
/// computes for long (a constant from other constants) is not ended within it.
/// </summary>
internal static class OpeningLimit
{
    // The limit is meant for samples; one of a second must not refuse a model that takes two to open.
    private static readonly TimeSpan Shortest = TimeSpan.FromSeconds(10);

    /// <summary>Opens a session.</summary>
    /// <param name="path">The model, for errors.</param>
    /// <param name="options">The session's options.</param>
    /// <param name="timeout">Longest time; <see langword="null"/> for no limit.</param>
    /// <param name="open">Opens it, and stops when its token says so.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <exception cref="ModelRunException">It took too long.</exception>
    /// <exception cref="OperationCanceledException">It was canceled.</exception>
    public static InferenceSession Open(
        string path, SessionOptions options, TimeSpan? timeout, Func<SessionOptions, CancellationToken, InferenceSession> open, CancellationToken cancellationToken)
    {
        TimeSpan? limit = timeout < Shortest ? Shortest : timeout;
        using var limited = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        if (limit is { } longest)
        {
            limited.CancelAfter(longest);
        }

        using CancellationTokenRegistration stop = limited.Token.Register(() => options.SetLoadCancellationFlag(true));
        try
        {
            return open(options, limited.Token);
        }
        catch (Exception e) when (e is OnnxRuntimeException or OperationCanceledException && limited.IsCancellationRequested)
        {
            cancellationToken.ThrowIfCancellationRequested();
            throw new ModelRunException(
                string.Format(CultureInfo.InvariantCulture, "'{0}' could not be opened within {1:0.###} s. Allow it more with -TimeoutSeconds.", path, limit!.Value.TotalSeconds), e);
        }
    }
}
