using System.Collections.Generic;
using System.Linq;
using CoreMLQuant.Editing.Plans;
using CoreMLQuant.Mil;
using CoreMLQuant.Specification;
using CoreMLQuant.Specification.Schema;

namespace CoreMLQuant.Editing.Names;

/// <summary>Renames the values behind the features of an ML Program: in every function, every body of it, and the blocks inside.</summary>
internal static class ProgramNames
{
    /// <summary>Renames inputs and outputs of all functions that have them.</summary>
    /// <exception cref="EditException">A name is taken or not valid.</exception>
    public static void Rename(Program program, Renames names)
    {
        foreach (KeyValuePair<string, string> pair in names.All)
        {
            NameRules.CheckIdentifier(pair.Value);
        }

        // Bodies of one function share its inputs, so all are resolved before the first one changes.
        (ValueNode Value, string Name)[] renamed = ProgramGraph.Of(program).ToArray().SelectMany(graph => Find(graph, names)).ToArray();
        foreach ((ValueNode value, string name) in renamed)
        {
            Rename(value, name);
        }
    }

    private static List<(ValueNode Value, string Name)> Find(ProgramGraph graph, Renames names)
    {
        var found = new List<(ValueNode Value, string Name)>();
        foreach (ValueNode value in graph.Values)
        {
            bool isInput = value.Maker is null && graph.Function.Inputs.Contains(value.Declaration, MessageIdentity<NamedValueType>.Instance);
            bool isOutput = value.OutputOf.Contains(graph.Body, MessageIdentity<Block>.Instance);
            string name = isInput && names.Inputs.ContainsKey(value.Name) ? names.Input(value.Name) : isOutput ? names.Output(value.Name) : value.Name;
            if (name != value.Name)
            {
                found.Add((value, name));
            }

            if (isInput && isOutput && names.Input(value.Name) != names.Output(value.Name))
            {
                throw new EditException(
                    $"'{value.Name}' is an input of the function '{graph.FunctionName}' that is given out unchanged.", "Specify the same new name with -RenameInput and -RenameOutput.");
            }
        }

        var moved = new HashSet<ValueNode>(found.Select(pair => pair.Value));
        NameRules.CheckFree(
            found.Select(pair => new KeyValuePair<string, string>(pair.Value.Name, pair.Name)).ToArray(),
            graph.Values.Where(value => !moved.Contains(value)).GroupBy(value => value.Name).ToDictionary(group => group.Key, group => Owner(group.First())),
            $"the function '{graph.FunctionName}'");
        return found;
    }

    private static string Owner(ValueNode value) => value.Maker is { } maker ? $"a value (of the operation {maker.Type})" : "an input";

    private static void Rename(ValueNode value, string name)
    {
        value.Redirect(name);
        value.Declaration.Name = name;
    }
}
