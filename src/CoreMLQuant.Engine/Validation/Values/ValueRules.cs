using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using CoreMLQuant.Models;
using CoreMLQuant.Packaging;
using CoreMLQuant.Tensors;

namespace CoreMLQuant.Validation.Values;

/// <summary>
/// Reads the floats of a model for what should not be among them. Data that several share is read once; all workers read,
/// and findings come in the order in which the weights were added.
/// </summary>
internal sealed class ValueRules(FindingList findings)
{
    // A job reads a few megabytes: enough to keep a disk busy, small enough to share a weight among the workers.
    private const long JobElements = 1 << 20;

    private readonly List<ScannedTensor> _tensors = [];
    private readonly Dictionary<(SourceFile File, long Offset, long Length), ScannedTensor> _byPlace = [];

    /// <summary>Has a tensor of floats read; other types have nothing to be found.</summary>
    /// <param name="data">The stored elements.</param>
    /// <param name="type">Their type.</param>
    /// <param name="count">Number of elements.</param>
    /// <param name="isScale">Whether other values are multiplied by it.</param>
    /// <param name="location">Where it is used.</param>
    /// <param name="file">The file that holds it.</param>
    public void Add(WeightData data, ElementType type, long count, bool isScale, string location, string file)
    {
        if (type is not (ElementType.Float32 or ElementType.Float16 or ElementType.BFloat16) || count == 0)
        {
            return;
        }

        var tensor = new ScannedTensor(new StoredValues(data, type, count), location, file) { IsScale = isScale };
        if (data is FileData stored)
        {
            if (_byPlace.TryGetValue((stored.File, stored.Offset, stored.Length), out ScannedTensor? known))
            {
                known.IsScale |= isScale;
                return;
            }

            _byPlace.Add((stored.File, stored.Offset, stored.Length), tensor);
        }

        _tensors.Add(tensor);
    }

    /// <summary>Reads everything and adds what is found.</summary>
    public void Run(CancellationToken cancellationToken)
    {
        var jobs = _tensors.SelectMany(tensor => Enumerable.Range(0, tensor.JobCount).Select(job => (tensor, job))).ToArray();
        using (var work = ParallelWork<(ScannedTensor Tensor, int Job)>.Start(jobs, 0, (item, stop) => item.Tensor.Run(item.Job, stop), cancellationToken))
        {
            work.Join();
        }

        foreach (ScannedTensor tensor in _tensors)
        {
            if (tensor.HasNonFinite)
            {
                findings.Add(ValidationRule.NonFiniteValues, tensor.Location, "there are infinities or NaN among the values.", tensor.File);
            }

            if (tensor.IsScale && tensor.ZeroCount > 0)
            {
                findings.Add(ValidationRule.ZeroScale, tensor.Location, $"{tensor.ZeroCount} of {tensor.Count} scales are zero.", tensor.File);
            }
        }
    }

    /// <summary>A tensor and what its values are like.</summary>
    private sealed class ScannedTensor(TensorValues values, string location, string file)
    {
        private readonly object _lock = new();

        public string Location => location;

        public string File => file;

        public bool IsScale { get; set; }

        public long Count => values.Count;

        public bool HasNonFinite { get; private set; }

        public long ZeroCount { get; private set; }

        public int JobCount => (int)((values.Count + JobElements - 1) / JobElements);

        public void Run(int job, CancellationToken cancellationToken)
        {
            var scan = new ValueScan();
            long start = job * JobElements;
            ValueTiles.Visit(new ValueSlice(values, start, Math.Min(JobElements, values.Count - start)), (_, tile) => scan.Add(tile), cancellationToken);
            lock (_lock)
            {
                HasNonFinite |= scan.HasNonFinite;
                ZeroCount += scan.ZeroCount;
            }
        }
    }
}
