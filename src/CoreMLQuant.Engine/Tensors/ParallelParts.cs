using System;
using System.Runtime.ExceptionServices;
using System.Threading;
using System.Threading.Tasks;

namespace CoreMLQuant.Tensors;

/// <summary>Parts of one computation that do not depend on each other, several at once. Which of them run together changes nothing of their results.</summary>
internal static class ParallelParts
{
    /// <summary>Does all parts; the caller works along. The first failure is what the caller sees.</summary>
    /// <param name="count">Number of parts.</param>
    /// <param name="run">Does one.</param>
    /// <param name="cancellationToken">Stops between parts.</param>
    public static void Run(int count, Action<int> run, CancellationToken cancellationToken)
    {
        try
        {
            Parallel.For(0, count, new ParallelOptions { CancellationToken = cancellationToken, MaxDegreeOfParallelism = Environment.ProcessorCount }, run);
        }
        catch (AggregateException e) when (e.InnerExceptions.Count > 0)
        {
            ExceptionDispatchInfo.Capture(e.InnerExceptions[0]).Throw();
        }
    }
}
