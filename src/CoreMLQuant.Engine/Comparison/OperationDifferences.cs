using System.Collections.Generic;
using System.Linq;
using CoreMLQuant.Elements;
using CoreMLQuant.Mil;
using CoreMLQuant.Models;
using CoreMLQuant.NeuralNetworks;
using Schema = CoreMLQuant.Specification.Schema;

namespace CoreMLQuant.Comparison;

/// <summary>Finds the operations and layers that two models do not have in common, by their names and their names without endings.</summary>
internal static class OperationDifferences
{
    /// <summary>Removed and retyped ones in the order of the reference, then added ones in the order of the other.</summary>
    public static IReadOnlyList<OperationDifference> Of(Schema.Model reference, Schema.Model difference)
    {
        var scopes = new ScopeMap(reference, difference);
        Entry[] before = Entries(reference).ToArray();
        Entry[] after = Entries(difference)
            .Select(entry => scopes.Find(entry.Stage, entry.Function) is var (stage, function) ? entry with { Scope = (stage, function) } : entry with { Scope = null })
            .ToArray();
        var left = new Counterparts<Entry>(before, after);
        (Entry Reference, Entry Difference)[] pairs =
        [
            .. left.Take(entry => entry.Key(entry.OpType, entry.Name)),
            .. left.Take(entry => entry.Key(entry.OpType, BaseNames.Of(entry.Name))),
            .. left.Take(entry => entry.Key(string.Empty, entry.Name)),
            // As many of a type and another name each: renamed.
            .. left.Take(entry => entry.Key(entry.Type, string.Empty)),
        ];
        IEnumerable<(int Index, OperationDifference Difference)> retyped = pairs
            .Where(pair => pair.Reference.Type != pair.Difference.Type)
            .Select(pair => (pair.Reference.Index, New(OperationChange.Retyped, pair.Reference, pair.Reference.Type, pair.Difference.Type)));
        IEnumerable<(int Index, OperationDifference Difference)> removed = left.Reference.Select(entry => (entry.Index, New(OperationChange.Removed, entry, entry.Type, string.Empty)));
        return retyped.Concat(removed)
            .OrderBy(item => item.Index)
            .Select(item => item.Difference)
            .Concat(left.Difference.Select(entry => New(OperationChange.Added, entry, string.Empty, entry.Type)))
            .ToArray();
    }

    private static OperationDifference New(OperationChange change, Entry entry, string referenceType, string differenceType) =>
        new(change.ToString(), entry.Stage, entry.Function, entry.Name, referenceType, differenceType);

    private static IEnumerable<Entry> Entries(Schema.Model model)
    {
        int index = 0;
        foreach (PipelineStage stage in PipelineStages.Of(model))
        {
            if (stage.Model.TypeCase == Schema.Model.TypeOneofCase.MlProgram)
            {
                foreach (ProgramGraph graph in ProgramGraph.Shared(stage.Model.MlProgram))
                {
                    foreach (OperationNode node in graph.Operations.Where(node => !node.IsConst && !node.IsConstexpr))
                    {
                        yield return new Entry(index++, stage.Name, graph.FunctionName, node.Name, node.Type, TypeOf(node));
                    }
                }
            }
            else
            {
                foreach (NetworkLayer layer in NetworkLayers.Of(stage.Model) is { } layers ? NetworkLayers.All(layers) : [])
                {
                    yield return new Entry(index++, stage.Name, string.Empty, layer.Path, layer.Type, layer.Type);
                }
            }
        }
    }

    private static string TypeOf(OperationNode node) =>
        node.Outputs.Count > 0 && node.Outputs[0].ElementType != ElementType.Unknown ? $"{node.Type} {node.Outputs[0].ElementType}" : node.Type;

    /// <summary>An operation or layer while its counterpart is looked for.</summary>
    private sealed record Entry(int Index, string Stage, string Function, string Name, string OpType, string Type)
    {
        public (string Stage, string Function)? Scope { get; init; } = (Stage, Function);

        public string? Key(string type, string name) => Scope is { } scope ? string.Join("\n", scope.Stage, scope.Function, type, name) : null;
    }
}
