using System;
using System.Collections.Generic;
using System.Linq;
using CoreMLQuant.Mil;
using CoreMLQuant.Models;
using CoreMLQuant.NeuralNetworks;
using CoreMLQuant.Running;
using CoreMLQuant.Specification.Schema;

namespace CoreMLQuant.Calibration.Inputs;

/// <summary>The values that can be told apart by their names. Each stage of a pipeline has names of its own, and a running pipeline knows no others.</summary>
internal static class StageValues
{
    /// <summary>The values of a running model whose names are those of one value.</summary>
    /// <param name="file">The model.</param>
    /// <param name="values">The values that it can give.</param>
    public static IReadOnlyList<IntermediateValue> Unambiguous(ModelFile file, IReadOnlyList<IntermediateValue> values)
    {
        var ambiguous = new HashSet<string>(AmbiguousNames(PipelineStages.Of(file.Specification).ToArray()), StringComparer.Ordinal);
        return ambiguous.Count == 0 ? values : values.Where(value => !ambiguous.Contains(value.Name)).ToArray();
    }

    // Stages know each other's values only as features: a name that two of them use is that of one value where it is a feature that one hands on to the other.
    private static IEnumerable<string> AmbiguousNames(PipelineStage[] stages)
    {
        HashSet<string>[] made = [.. stages.Select(stage => new HashSet<string>(NamesOf(stage.Model), StringComparer.Ordinal))];
        for (int user = 0; user < stages.Length; user++)
        {
            var inputs = new HashSet<string>(stages[user].Model.Description.Input.Select(input => input.Name), StringComparer.Ordinal);
            foreach (int maker in Enumerable.Range(0, stages.Length).Where(stage => stage != user))
            {
                var handedOn = new HashSet<string>(maker < user ? ArraysOf(stages[maker].Model) : [], StringComparer.Ordinal);
                foreach (string name in made[maker].Where(name => made[user].Contains(name) || (inputs.Contains(name) && !handedOn.Contains(name))))
                {
                    yield return name;
                }
            }
        }
    }

    // An image is not the values that it is made of.
    private static IEnumerable<string> ArraysOf(Model model) => model.Description.Output
        .Where(output => output.Type.TypeCase == FeatureType.TypeOneofCase.MultiArrayType).Select(output => output.Name);

    // Inputs are made by others.
    private static IEnumerable<string> NamesOf(Model model) =>
        model.TypeCase == Model.TypeOneofCase.MlProgram
            ? ProgramGraph.Of(model.MlProgram).SelectMany(NamesOf)
            : NetworkLayers.Of(model) is { } layers ? NetworkLayers.All(layers).SelectMany(layer => layer.Message.Output.Concat(HiddenStateNames.All(layer.Type, layer.Path)).Append(LayerInputNames.Of(layer.Path)))
            : [];

    private static IEnumerable<string> NamesOf(ProgramGraph graph) => graph.Values.Where(value => value.Maker is not null).Select(value => value.Name)
        .Concat(graph.Operations.SelectMany(operation => HiddenStateNames.All(operation.Type, operation.Name)))
        .Concat(NestedValues.NamesIn(graph).Values);
}
