using System;
using System.Collections.Generic;
using System.Linq;

namespace CoreMLQuant.Mil.Activations;

/// <summary>
/// Which values of a program must have the same range: the inputs and the output of a <c>concat</c>, so that systems join integers, as coremltools has it; and the
/// input and the output of a <c>reshape</c>, which are the same values, and of a <c>max_pool</c>, whose output is part of its input: with a scale of its own, integers
/// would be rounded a second time.
/// </summary>
internal sealed class SharedRanges
{
    private readonly Dictionary<string, List<string>> _groups = new(StringComparer.Ordinal);

    /// <summary>Finds the groups of function bodies.</summary>
    public SharedRanges(IEnumerable<ProgramGraph> graphs)
    {
        foreach (OperationNode operation in graphs.SelectMany(graph => graph.Operations).Where(operation => operation.Outputs.Count == 1 && operation.Outputs[0].OutputOf.Count == 0))
        {
            string? parameter = operation.Type switch { "concat" => "values", "reshape" or "max_pool" => "x", _ => null };
            foreach (ValueUse input in operation.Inputs.Where(input => input.Parameter == parameter && input.Value?.Maker is not ({ IsConst: true } or { IsConstexpr: true })))
            {
                Join(operation.Outputs[0].Name, input.Value?.Name);
            }
        }
    }

    /// <summary>The values that share the range of a value, itself included.</summary>
    public IReadOnlyList<string> Of(string name) => _groups.TryGetValue(name, out List<string>? group) ? group : [name];

    private void Join(string one, string? other)
    {
        if (other is null || ReferenceEquals(GroupOf(one), GroupOf(other)))
        {
            return;
        }

        List<string> group = GroupOf(one), joined = GroupOf(other);
        group.AddRange(joined);
        joined.ForEach(name => _groups[name] = group);
    }

    private List<string> GroupOf(string name)
    {
        if (!_groups.TryGetValue(name, out List<string>? group))
        {
            _groups.Add(name, group = [name]);
        }

        return group;
    }
}
