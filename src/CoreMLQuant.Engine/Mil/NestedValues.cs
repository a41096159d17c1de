using System;
using System.Collections.Generic;
using System.Linq;
using CoreMLQuant.Elements;
using CoreMLQuant.Specification;
using CoreMLQuant.Specification.Schema;

namespace CoreMLQuant.Mil;

/// <summary>
/// Values inside of branches and loops that a running program can hand out: what they were each time that their block ran, one after the other along an axis in front of their own. All times
/// have to have the same dimensions, so these are the floats whose declared dimensions are numbers.
/// </summary>
internal static class NestedValues
{
    // Values of one axis would have two then, of which products take the other one as the vector.
    private const int FewestAxes = 2;

    // The blocks of an operation that run as often as it computes something. The condition of a loop, its first block, runs once more than the other.
    private static readonly Dictionary<string, int> FirstBlocks = new(StringComparer.Ordinal) { ["cond"] = 0, ["while_loop"] = 1 };

    /// <summary>Names of the values of a body, which have to tell blocks apart: those of a loop's condition and of its round may take values of the same names.</summary>
    public static IReadOnlyDictionary<ValueNode, string> NamesIn(ProgramGraph graph)
    {
        // Operations that hold blocks stand before those inside.
        var places = new Dictionary<Block, string>(MessageIdentity<Block>.Instance);
        foreach (OperationNode operation in graph.Operations.Where(operation => ReferenceEquals(operation.Block, graph.Body) || places.ContainsKey(operation.Block)))
        {
            if (FirstBlocks.TryGetValue(operation.Type, out int first))
            {
                for (int i = first; i < operation.Message.Blocks.Count; i++)
                {
                    places[operation.Message.Blocks[i]] = FormattableString.Invariant($"block {i} of {operation.Name}");
                }
            }
        }

        return places.Count == 0 ? new Dictionary<ValueNode, string>()
            : graph.Values.Where(value => places.ContainsKey(value.Block) && IsOffered(value))
                .GroupBy(value => $"{value.Name} in {places[value.Block]}", StringComparer.Ordinal)
                .Where(named => !named.Skip(1).Any())
                .ToDictionary(named => named.Single(), named => named.Key);
    }

    private static bool IsOffered(ValueNode value) =>
        value is { Maker: null or { IsConst: false, IsConstexpr: false }, ElementType: ElementType.Float32 or ElementType.Float16 }
        && MilTypes.ShapeOf(value.Declaration.Type) is { Count: >= FewestAxes } shape && shape.All(size => size > 0);
}
