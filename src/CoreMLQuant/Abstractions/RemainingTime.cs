using System;

namespace CoreMLQuant.Abstractions;

/// <summary>How long work will take, from how long its first part took.</summary>
internal static class RemainingTime
{
    private const int Unknown = -1;

    private static readonly TimeSpan Shortest = TimeSpan.FromSeconds(1);

    /// <summary>Seconds that are left; -1, which PowerShell does not show, as long as too little has been done to tell.</summary>
    /// <param name="elapsed">Time so far.</param>
    /// <param name="done">Bytes done in that time.</param>
    /// <param name="total">Bytes in all.</param>
    public static int Seconds(TimeSpan elapsed, long done, long total) => elapsed < Shortest || done <= 0 || total < done
        ? Unknown
        : (int)Math.Min(int.MaxValue, Math.Ceiling(elapsed.TotalSeconds / done * (total - done)));
}
