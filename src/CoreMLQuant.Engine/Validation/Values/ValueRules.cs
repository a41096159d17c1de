using System;
using System.Linq;
using System.Threading;
using CoreMLQuant.Files;
using CoreMLQuant.Tensors;
using CoreMLQuant.Validation.Findings;

namespace CoreMLQuant.Validation.Values;

/// <summary>Reads the floats of a model for what should not be among them. All workers read, and findings come in the order of the tensors.</summary>
internal static class ValueRules
{
    // A job reads a few megabytes: enough to keep a disk busy, small enough to share a weight among the workers.
    private const long JobElements = 1 << 20;

    /// <summary>Reads every tensor and adds what is found.</summary>
    /// <param name="floats">The tensors.</param>
    /// <param name="findings">Takes what is found.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    public static void Check(StoredFloats floats, FindingList findings, CancellationToken cancellationToken)
    {
        Scan[] scans = floats.Tensors.Select(tensor => new Scan(tensor)).ToArray();
        var jobs = scans.SelectMany(scan => Enumerable.Range(0, scan.JobCount).Select(job => (scan, job))).ToArray();
        using (var work = ParallelWork<(Scan Scan, int Job)>.Start(jobs, 0, (item, stop) => item.Scan.Run(item.Job, stop), cancellationToken))
        {
            work.Join();
        }

        foreach (Scan scan in scans)
        {
            FloatTensor tensor = scan.Tensor;
            if (scan.HasNonFinite)
            {
                findings.Add(ValidationRule.NonFiniteValues, tensor.Location, "there are infinities or NaN among the values.", tensor.File);
            }

            if (tensor.IsScale && scan.ZeroCount > 0)
            {
                findings.Add(ValidationRule.ZeroScale, tensor.Location, $"{scan.ZeroCount} of {tensor.Values.Count} scales are zero.", tensor.File);
            }
        }
    }

    /// <summary>What the values of a tensor are like.</summary>
    private sealed class Scan(FloatTensor tensor)
    {
        private readonly object _lock = new();

        public FloatTensor Tensor => tensor;

        public bool HasNonFinite { get; private set; }

        public long ZeroCount { get; private set; }

        public int JobCount => (int)((tensor.Values.Count + JobElements - 1) / JobElements);

        public void Run(int job, CancellationToken cancellationToken)
        {
            var scan = new ValueScan();
            long start = job * JobElements;
            ValueTiles.Visit(
                new ValueSlice(tensor.Values, start, Math.Min(JobElements, tensor.Values.Count - start)), (_, tile) => scan.Add(tile), cancellationToken);
            lock (_lock)
            {
                HasNonFinite |= scan.HasNonFinite;
                ZeroCount += scan.ZeroCount;
            }
        }
    }
}
