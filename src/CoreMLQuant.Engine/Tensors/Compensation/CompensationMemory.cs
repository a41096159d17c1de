using System;
using System.Threading;

namespace CoreMLQuant.Tensors.Compensation;

/// <summary>
/// One weight at a time has its factor in memory, whatever the number of weights that are being written: a Gram matrix of 4096 inputs takes 128 MB and its factor as much.
/// All processors work on that one weight.
/// </summary>
internal static class CompensationMemory
{
    private static readonly SemaphoreSlim Gate = new(1, 1);

    /// <summary>Waits until the memory is free; disposing of the result frees it again.</summary>
    /// <param name="cancellationToken">Stops waiting.</param>
    public static IDisposable Enter(CancellationToken cancellationToken)
    {
        Gate.Wait(cancellationToken);
        return new Leaving();
    }

    private sealed class Leaving : IDisposable
    {
        private int _isDisposed;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _isDisposed, 1) == 0)
            {
                Gate.Release();
            }
        }
    }
}
