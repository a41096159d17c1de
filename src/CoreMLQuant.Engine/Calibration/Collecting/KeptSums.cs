using System;
using System.Diagnostics;
using CoreMLQuant.Calibration.Files;

namespace CoreMLQuant.Calibration.Collecting;

/// <summary>Keeps what is being collected in a statistics file, so that a calibration that was stopped can go on.</summary>
/// <param name="file">The file; <see langword="null"/> when nothing is to be written.</param>
/// <param name="sums">What is being collected.</param>
/// <param name="before">What the file held before; <see langword="null"/> when there was none.</param>
internal sealed class KeptSums(StatisticsFile? file, CollectedSums sums, CollectedSums? before)
{
    // What is lost where nothing can be saved at the end, unless saving itself takes long.
    private static readonly TimeSpan ShortestInterval = TimeSpan.FromSeconds(30);
    private const int MostShareOfSaving = 20;

    private readonly Stopwatch _sinceSaved = Stopwatch.StartNew();
    private TimeSpan _interval = ShortestInterval;

    /// <summary>Whether it is time to write what has been collected.</summary>
    public bool IsDue => file is not null && _sinceSaved.Elapsed > _interval;

    /// <summary>Whether something has been collected that is not written yet and should be.</summary>
    public bool HasNews { get; private set; }

    /// <summary>Changes sums. Where that fails half-way, nobody can go on with them, and they are not kept; a change that is canceled stops where they are whole.</summary>
    public void Change(Action change)
    {
        HasNews = false;
        try
        {
            change();
            HasNews = file is not null;
        }
        catch (OperationCanceledException)
        {
            HasNews = file is not null;
            throw;
        }
    }

    /// <summary>Writes what has been collected so far.</summary>
    public void Save()
    {
        _sinceSaved.Restart();
        file?.Write(sums);
        HasNews = false;
        _interval = TimeSpan.FromTicks(Math.Max(ShortestInterval.Ticks, MostShareOfSaving * _sinceSaved.Elapsed.Ticks));
        _sinceSaved.Restart();
    }

    /// <summary>
    /// Takes back what was collected from samples that no calibration comes to an end with, so that it does not stand in the way of others. What had been
    /// complete before remains: collecting more beside it does not change it.
    /// </summary>
    public void Discard()
    {
        HasNews = false;
        if (before is { IsComplete: true })
        {
            file?.Write(before);
        }
        else
        {
            file?.Delete();
        }
    }
}
