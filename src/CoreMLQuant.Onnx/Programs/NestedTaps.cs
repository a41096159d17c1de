using System;
using System.Collections.Generic;
using System.Linq;
using CoreMLQuant.Elements;
using CoreMLQuant.Mil;
using CoreMLQuant.Onnx.Graphs;
using CoreMLQuant.Specification;
using CoreMLQuant.Specification.Schema;

namespace CoreMLQuant.Onnx.Programs;

/// <summary>Values inside of branches and loops of a program that its graph hands out if somebody wants them.</summary>
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

    /// <summary>Hands out what is wanted of a block.</summary>
    /// <param name="block">The block.</param>
    /// <param name="scope">Its scope, translated.</param>
    public void HandOut(Block block, ProgramScope scope)
    {
        foreach (ValueNode value in _wanted[block])
        {
            if (scope.Find(value) is { IsFloat: true } tensor)
            {
                scope.Graph.HandOut(_names[value], tensor, MilTypes.ShapeOf(value.Declaration.Type));
            }
        }
    }

    /// <summary>The values that can be asked for; those that somebody wants have a tensor.</summary>
    /// <param name="graph">The graph of the body.</param>
    public OnnxTap[] In(GraphBuilder graph) => _names.Select(value => new OnnxTap(
        value.Value,
        graph.HandedOut.TryGetValue(value.Value, out OnnxValue? tensor) ? tensor.Name : string.Empty,
        value.Key.Maker?.Name ?? string.Empty,
        value.Key.Maker?.Type ?? string.Empty,
        ElementType.Float32,
        OnnxTensorType.Float,
        [-1, .. MilTypes.ShapeOf(value.Key.Declaration.Type)])).ToArray();
}
