using System.Collections.Generic;
using System.Linq;
using CoreMLQuant.Onnx;

namespace CoreMLQuant.Runtime.Sessions;

/// <summary>A part of a network that is worth a session of its own.</summary>
/// <param name="Graph">What it computes.</param>
/// <param name="Weights">The tensors of the weights that it is run again for.</param>
internal sealed record PartChoice(OnnxSubgraph Graph, IReadOnlyCollection<string> Weights)
{
    /// <summary>Most parts of one network: each is a session, with what it rearranges for itself.</summary>
    public const int Most = 8;

    /// <summary>Bytes of one sample's values that are held for all parts.</summary>
    public const long HeldBytes = 512L << 20;

    // The choice compares every stretch of weights with every other; neighbours differ little where there are more.
    private const int MostUnits = 64;

    /// <summary>
    /// Chooses parts so that the least is computed. Weights are taken in the order in which the graph comes to them; a part serves a stretch of them, and has to compute all that
    /// depends on one of them. It pays if that saves more than opening it takes.
    /// </summary>
    /// <param name="translation">The network.</param>
    /// <param name="runs">For each run of a sample after the first: the weights that are replaced in it.</param>
    /// <param name="sampleCount">Number of samples.</param>
    /// <param name="opening">Time that it takes to open the whole network, in the time of one run.</param>
    public static IReadOnlyList<PartChoice> Choose(OnnxTranslation translation, IReadOnlyList<IReadOnlyList<ReplaceableOnnxWeight>> runs, int sampleCount, double opening)
    {
        Unit[] all = runs.Where(run => run.Count > 0)
            .GroupBy(run => string.Join("\n", run.Select(tensor => tensor.TensorName)))
            .Select(group => new Unit(translation.DependentsOf(group.First()), [.. group.First().Select(tensor => tensor.TensorName)], group.Count()))
            .OrderBy(unit => unit.Graph.Start).ThenByDescending(unit => unit.Graph.Share)
            .ToArray();
        int size = (all.Length + MostUnits - 1) / MostUnits;
        Unit[] units = size <= 1 ? all : all.Select((unit, i) => (unit, i)).GroupBy(pair => pair.i / size, pair => pair.unit).Select(Joined).ToArray();
        Step chosen = Best(units, sampleCount, opening);

        // The whole network is opened once more, to give what parts take.
        return chosen.Saved > opening ? [.. chosen.Parts] : [];
    }

    private static Step Best(Unit[] units, int sampleCount, double opening)
    {
        var best = new Step?[Most + 1, units.Length + 1];
        best[0, 0] = new Step(0, null, null);
        for (int start = 0; start < units.Length; start++)
        {
            for (int parts = 0; parts <= Most; parts++)
            {
                Keep(ref best[parts, start + 1], best[parts, start]);
            }

            Unit stretch = units[start];
            for (int end = start + 1; end <= units.Length; end++)
            {
                stretch = end == start + 1 ? stretch : Joined([stretch, units[end - 1]]);
                double gain = (sampleCount * stretch.Runs * (1 - stretch.Graph.Share)) - (stretch.Graph.Share * (opening + 1));
                if (gain <= 0 || stretch.Graph.InputBytes > HeldBytes / Most)
                {
                    continue;
                }

                var part = new PartChoice(stretch.Graph, stretch.Weights);
                for (int parts = 0; parts < Most; parts++)
                {
                    if (best[parts, start] is { } before)
                    {
                        Keep(ref best[parts + 1, end], new Step(before.Saved + gain, part, before));
                    }
                }
            }
        }

        return Enumerable.Range(0, Most + 1).Select(parts => best[parts, units.Length]).OfType<Step>().OrderByDescending(step => step.Saved).First();
    }

    private static void Keep(ref Step? best, Step? candidate)
    {
        if (candidate is not null && (best is null || candidate.Saved > best.Saved))
        {
            best = candidate;
        }
    }

    private static Unit Joined(IEnumerable<Unit> units) =>
        units.Aggregate((one, two) => new Unit(one.Graph.Union(two.Graph), [.. one.Weights, .. two.Weights], one.Runs + two.Runs));

    /// <summary>Weights that are taken together.</summary>
    private sealed record Unit(OnnxSubgraph Graph, HashSet<string> Weights, int Runs);

    /// <summary>The last of several parts.</summary>
    /// <param name="Saved">What all of them save, in runs of the whole network.</param>
    /// <param name="Part">The part; <see langword="null"/> for the beginning.</param>
    /// <param name="Before">The part before it.</param>
    private sealed record Step(double Saved, PartChoice? Part, Step? Before)
    {
        /// <summary>All parts.</summary>
        public IEnumerable<PartChoice> Parts => Part is null ? [] : [.. Before?.Parts ?? [], Part];
    }
}
