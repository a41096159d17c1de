using System;
using System.Collections.Generic;
using System.Linq;
using CoreMLQuant.Elements;
using CoreMLQuant.Mil;
using CoreMLQuant.Onnx.Graphs;
using CoreMLQuant.Specification;
using CoreMLQuant.Specification.Schema;

namespace CoreMLQuant.Onnx.Programs;

/// <summary>Values inside of branches and loops that a graph hands out if somebody wants them: a branch gives nothing of those of the other, a loop those of all rounds.</summary>
internal sealed class NestedTaps
{
    private readonly IReadOnlyDictionary<ValueNode, string> _names;
    private readonly ILookup<Block, ValueNode> _wanted;

    private NestedTaps(IReadOnlyDictionary<ValueNode, string> names, ISet<string> wanted)
    {
        _names = names;
        _wanted = names.Where(value => wanted.Contains(value.Value)).ToLookup(value => value.Key.Block, value => value.Key, MessageIdentity<Block>.Instance);
    }

    /// <summary>Finds the values of a program.</summary>
    /// <param name="program">The program.</param>
    /// <param name="wanted">Names of those that somebody wants; <see langword="null"/> when none are offered.</param>
    public static NestedTaps Of(ProgramGraph program, IReadOnlyCollection<string>? wanted) =>
        new(wanted is null ? new Dictionary<ValueNode, string>() : NestedValues.NamesIn(program), new HashSet<string>(wanted ?? [], StringComparer.Ordinal));

    /// <summary>The values that can be asked for; those that somebody wants have a tensor.</summary>
    /// <param name="scope">The scope of the body.</param>
    public OnnxTap[] In(ProgramScope scope) => _names.Select(value => new OnnxTap(
        value.Value,
        scope.HandedOut.TryGetValue(value.Value, out OnnxValue? tensor) ? tensor.Name : string.Empty,
        value.Key.Maker?.Name ?? string.Empty,
        value.Key.Maker?.Type ?? string.Empty,
        ElementType.Float32,
        OnnxTensorType.Float,
        [-1, .. MilTypes.ShapeOf(value.Key.Declaration.Type)])).ToArray();

    /// <summary>Hands out what is wanted of two branches, of which one runs.</summary>
    /// <param name="outer">The scope around them.</param>
    /// <param name="branches">The blocks and their scopes, translated.</param>
    /// <returns>Further outputs of the operation.</returns>
    public IReadOnlyList<OnnxValue> OfBranches(ProgramScope outer, params (Block Block, ProgramScope Scope)[] branches)
    {
        Array.ForEach(branches, branch => Collect(branch.Block, branch.Scope));
        var outputs = new List<OnnxValue>();
        foreach (KeyValuePair<string, OnnxValue> value in branches.SelectMany(branch => branch.Scope.HandedOut).ToArray())
        {
            foreach ((_, ProgramScope scope) in branches)
            {
                scope.Graph.AddOutput(scope.HandedOut.TryGetValue(value.Key, out OnnxValue? own) ? own : NoneOf(scope.Graph, value.Value));
            }

            outputs.Add(Output(outer, value));
        }

        return outputs;
    }

    /// <summary>Hands out what is wanted of all rounds of a loop, which carries what the rounds before gave.</summary>
    /// <param name="outer">The scope around it.</param>
    /// <param name="body">The block.</param>
    /// <param name="inside">Its scope, translated; all else that the loop carries is there.</param>
    /// <returns>What the loop begins with, and further outputs of the operation.</returns>
    public (IReadOnlyList<OnnxValue> Initial, IReadOnlyList<OnnxValue> Outputs) OfRounds(ProgramScope outer, Block body, ProgramScope inside)
    {
        Collect(body, inside);
        var initial = new List<OnnxValue>();
        var outputs = new List<OnnxValue>();
        foreach (KeyValuePair<string, OnnxValue> value in inside.HandedOut)
        {
            initial.Add(NoneOf(outer.Graph, value.Value));
            OnnxValue before = inside.Graph.AddInput(value.Value.Type, ShapeOfAny(value.Value));
            inside.Graph.AddOutput(inside.Graph.Concat([before, value.Value], 0));
            outputs.Add(Output(outer, value));
        }

        return (initial, outputs);
    }

    private void Collect(Block block, ProgramScope scope)
    {
        foreach (ValueNode value in _wanted[block])
        {
            if (scope.Find(value) is { IsFloat: true } tensor)
            {
                OnnxValue once = scope.Graph.Unsqueeze(tensor, 0);
                once.Declare([1, .. MilTypes.ShapeOf(value.Declaration.Type)]);
                scope.HandedOut[_names[value]] = once;
            }
        }
    }

    private static OnnxValue Output(ProgramScope outer, KeyValuePair<string, OnnxValue> value)
    {
        var output = new OnnxValue(value.Value.Type, ShapeOfAny(value.Value));
        outer.HandedOut[value.Key] = output;
        return output;
    }

    private static OnnxValue NoneOf(GraphBuilder graph, OnnxValue value) => graph.Constants.Floats([], [0, .. value.Shape!.Skip(1)]);

    private static long[] ShapeOfAny(OnnxValue value) => [-1, .. value.Shape!.Skip(1)];
}
