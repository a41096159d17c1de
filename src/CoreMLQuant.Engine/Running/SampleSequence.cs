using System;
using System.Collections.Generic;

namespace CoreMLQuant.Running;

/// <summary>Samples of several places, some of which may be damaged: a problem in one of them must not hide those of the others.</summary>
public static class SampleSequence
{
    /// <summary>Reads the samples of a place, one by one. If it cannot be read any further, the last one is a sample with the problem.</summary>
    /// <param name="name">What the sample with the problem is called.</param>
    /// <param name="read">Reads them.</param>
    public static IEnumerable<RunSample> Read(string name, Func<IEnumerable<RunSample>> read)
    {
        IEnumerator<RunSample>? samples = null;
        try
        {
            bool canGoOn = true;
            while (canGoOn && Next(name, read, ref samples, out canGoOn) is { } sample)
            {
                yield return sample;
            }
        }
        finally
        {
            samples?.Dispose();
        }
    }

    private static RunSample? Next(string name, Func<IEnumerable<RunSample>> read, ref IEnumerator<RunSample>? samples, out bool canGoOn)
    {
        canGoOn = true;
        try
        {
            samples ??= read().GetEnumerator();
            return samples.MoveNext() ? samples.Current : null;
        }
        catch (SampleDataException e)
        {
            canGoOn = false;
            return new RunSample(name, new Dictionary<string, object>()) { Problem = e };
        }
    }
}
