using System;
using System.Collections.Generic;
using System.Diagnostics;

namespace CoreMLQuant.Benchmarks.Measuring;

/// <summary>Tells the phases of one run apart: wall time of each, and wall and processor time of all.</summary>
internal sealed class PhaseClock
{
    private readonly List<(string Name, TimeSpan Wall)> _phases = [];
    private readonly Stopwatch _wall = Stopwatch.StartNew();
    private readonly TimeSpan _processorBefore = Processor;
    private TimeSpan _before;

    /// <summary>The phases so far.</summary>
    public IReadOnlyList<(string Name, TimeSpan Wall)> Phases => _phases;

    /// <summary>Wall time so far.</summary>
    public TimeSpan Wall => _wall.Elapsed;

    /// <summary>Processor time of this process so far, user and system.</summary>
    public TimeSpan ProcessorTime => Processor - _processorBefore;

    private static TimeSpan Processor
    {
        get
        {
            using Process process = Process.GetCurrentProcess();
            return process.TotalProcessorTime;
        }
    }

    /// <summary>Ends a phase; the next begins.</summary>
    public void End(string phase)
    {
        TimeSpan now = _wall.Elapsed;
        _phases.Add((phase, now - _before));
        _before = now;
    }
}
