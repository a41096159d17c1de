using System.Collections.Generic;
using System.Linq;

namespace CoreMLQuant.Onnx.Graphs;

/// <summary>
/// Values inside of branches and loops that graphs hand out to the ones around them: each as often as its graph ran, one after the other along an axis in front of its own. A branch gives nothing
/// of those of the other, a loop those of all rounds.
/// </summary>
internal static class HandedOutValues
{
    /// <summary>Hands a value of a graph inside another one out, once each time that the graph runs.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="name">What the value is called outside.</param>
    /// <param name="value">The value.</param>
    /// <param name="shape">Its dimensions, which are the same each time.</param>
    public static void HandOut(this GraphBuilder graph, string name, OnnxValue value, IReadOnlyList<long> shape)
    {
        OnnxValue once = graph.Unsqueeze(value, 0);
        once.Declare([1, .. shape]);
        graph.HandedOut[name] = once;
    }

    /// <summary>Takes what two branches hand out, of which one runs.</summary>
    /// <param name="outer">The graph around them.</param>
    /// <param name="branches">The branches, complete.</param>
    /// <returns>Further outputs of their node.</returns>
    public static IReadOnlyList<OnnxValue> TakeFromBranches(this GraphBuilder outer, params GraphBuilder[] branches)
    {
        var outputs = new List<OnnxValue>();
        foreach (KeyValuePair<string, OnnxValue> value in branches.SelectMany(branch => branch.HandedOut).ToArray())
        {
            foreach (GraphBuilder branch in branches)
            {
                branch.AddOutput(branch.HandedOut.TryGetValue(value.Key, out OnnxValue? own) ? own : branch.NoneOf(value.Value));
            }

            outputs.Add(outer.Take(value));
        }

        return outputs;
    }

    /// <summary>
    /// Takes what the rounds of a loop hand out. What each of them has once, ONNX gathers by itself; of the rest - what branches and loops inside hand out, which some rounds have and others do not, or
    /// often - the loop carries what the rounds before gave.
    /// </summary>
    /// <param name="outer">The graph around it.</param>
    /// <param name="body">A round; all else that the loop carries is there.</param>
    /// <returns>What the loop begins with, and further outputs of its node.</returns>
    public static (IReadOnlyList<OnnxValue> Initial, IReadOnlyList<OnnxValue> Outputs) TakeFromRounds(this GraphBuilder outer, GraphBuilder body)
    {
        var initial = new List<OnnxValue>();
        var outputs = new List<OnnxValue>();
        ILookup<bool, KeyValuePair<string, OnnxValue>> values = body.HandedOut.ToLookup(value => value.Value.Shape![0] == 1);
        foreach (KeyValuePair<string, OnnxValue> value in values[false])
        {
            initial.Add(outer.NoneOf(value.Value));
            OnnxValue before = body.AddInput(value.Value.Type, ShapeOfAny(value.Value));
            body.AddOutput(body.Concat([before, value.Value], 0));
            outputs.Add(outer.Take(value));
        }

        // These come behind all that is carried.
        foreach (KeyValuePair<string, OnnxValue> value in values[true])
        {
            body.AddOutput(body.Squeeze(value.Value, 0));
            outputs.Add(outer.Take(value));
        }

        return (initial, outputs);
    }

    private static OnnxValue Take(this GraphBuilder outer, KeyValuePair<string, OnnxValue> value)
    {
        var output = new OnnxValue(value.Value.Type, ShapeOfAny(value.Value));
        outer.HandedOut[value.Key] = output;
        return output;
    }

    private static OnnxValue NoneOf(this GraphBuilder graph, OnnxValue value) => graph.Constants.Floats([], [0, .. value.Shape!.Skip(1)]);

    private static long[] ShapeOfAny(OnnxValue value) => [-1, .. value.Shape!.Skip(1)];
}
