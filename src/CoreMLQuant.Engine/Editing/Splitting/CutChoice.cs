using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using CoreMLQuant.Editing.Assembly;
using CoreMLQuant.Mil;
using CoreMLQuant.Models;
using CoreMLQuant.Specification.Schema;
using CoreMLQuant.Validation.Findings;
using CoreMLQuant.WeightBlobs;

namespace CoreMLQuant.Editing.Splitting;

/// <summary>Finds where to cut a body: behind an operation that is named, or where the least is handed on near the middle of the weights.</summary>
internal static class CutChoice
{
    // Each part has at least two fifths of the weights, if there is such a cut.
    private const double Tolerance = 0.1;

    /// <summary>The cut behind a named operation.</summary>
    /// <param name="order">The body.</param>
    /// <param name="name">Name of the operation, or of one of its outputs.</param>
    /// <param name="path">Path of the model, for errors.</param>
    /// <exception cref="AssemblyException">There is no such operation, or the body cannot be cut there.</exception>
    public static ProgramCut At(BodyOrder order, string name, string path)
    {
        OperationNode[] found = order.Steps.Where(step => step.Name == name).ToArray();
        found = found.Length > 0 ? found : order.Steps.Where(step => step.Outputs.Exists(output => output.Name == name)).ToArray();
        if (found.Length != 1)
        {
            throw new AssemblyException(
                path,
                found.Length > 1 ? $"{found.Length} operations are named '{name}'."
                    : order.Graph.Operations.Any(step => step.Name == name) ? $"'{name}' is a constant or an operation inside a block; a program is split after an operation of its function."
                    : $"there is no operation '{name}'{Suggestion.For(name, order.Steps.Select(step => step.Name))}",
                "Specify the name of an operation or of one of its outputs, or omit -At to split near the middle of the weights.");
        }

        var cut = new ProgramCut(order, order.Steps.ToList().IndexOf(found[0]));
        return cut.WhyNot() is { } reason
            ? throw new AssemblyException(path, $"the program cannot be split after '{name}': {reason}.", "Specify another operation, or omit -At.")
            : cut;
    }

    /// <summary>The smallest cut near the middle of the weights.</summary>
    /// <param name="order">The body.</param>
    /// <param name="find">Finds the blob that a value refers to.</param>
    /// <param name="path">Path of the model, for errors.</param>
    /// <param name="cancellationToken">Stops the search.</param>
    /// <exception cref="AssemblyException">The body cannot be cut anywhere.</exception>
    public static ProgramCut InTheMiddle(BodyOrder order, Func<Value, BlobReference> find, string path, CancellationToken cancellationToken)
    {
        double[] shares = SharesBefore(order, find);
        long[] costs = Costs(order);
        double Distance(int position) => Math.Abs(shares[position] - 0.5);
        IEnumerable<int> positions = Enumerable.Range(0, Math.Max(order.Steps.Count - 1, 0))
            .OrderBy(position => Math.Max(Distance(position) - Tolerance, 0))
            .ThenBy(position => costs[position])
            .ThenBy(Distance);
        foreach (int position in positions)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var cut = new ProgramCut(order, position);
            if (cut.WhyNot() is null)
            {
                return cut;
            }
        }

        throw new AssemblyException(path, "the program cannot be split after any of its operations.", "It has too few operations, or all of them share a state or pass on what a model cannot give.");
    }

    // Bytes handed on behind each step: what a step makes is handed on until its last use.
    private static long[] Costs(BodyOrder order)
    {
        int opset = Platform.OpsetNumber(order.Graph.Opset);
        long[] changes = new long[order.Steps.Count + 1];
        for (int i = 0; i < order.Steps.Count; i++)
        {
            foreach (ValueNode value in order.Steps[i].Outputs)
            {
                int last = order.SpanOf(value).Last;
                if (last > i)
                {
                    long bytes = CrossingValue.Of(value, opset)?.ByteCount ?? 0;
                    changes[i] += bytes;
                    changes[last] -= bytes;
                }
            }
        }

        for (int i = 1; i < changes.Length; i++)
        {
            changes[i] += changes[i - 1];
        }

        return changes;
    }

    // A weight counts where it is first used; without weights, operations count.
    private static double[] SharesBefore(BodyOrder order, Func<Value, BlobReference> find)
    {
        long[] bytes = new long[order.Steps.Count];
        var seen = new HashSet<BlobReference>();
        foreach (OperationNode holder in order.Constants)
        {
            int first = order.SpanOf(holder).First;
            foreach (Value value in MilValues.Own(holder.Message).Where(value => first < bytes.Length && value.ValueCase == Value.ValueOneofCase.BlobFileValue))
            {
                BlobReference blob = find(value);
                bytes[first] += seen.Add(blob) ? blob.Record.Length : 0;
            }
        }

        if (Array.TrueForAll(bytes, count => count == 0))
        {
            bytes = bytes.Select(_ => 1L).ToArray();
        }

        double total = bytes.Sum(), before = 0;
        return bytes.Select(count => (before += count) / total).ToArray();
    }
}
