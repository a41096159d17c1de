using System;

namespace CoreMLQuant.Tests.Support;

/// <summary>How long tests wait for what comes in the end, on a machine that is as slow and busy as can be: only what never comes takes longer.</summary>
internal static class HangGuard
{
    public static readonly TimeSpan Time = TimeSpan.FromMinutes(10);
}
