using System;
using System.Collections.Generic;
using System.Linq;
using CoreMLQuant.Mil;
using CoreMLQuant.Models;
using CoreMLQuant.NeuralNetworks;
using CoreMLQuant.Running;
using CoreMLQuant.Specification.Schema;

namespace CoreMLQuant.Calibration.Inputs;

/// <summary>Finds what the weights of a model are multiplied with.</summary>
internal static class InputFinder
{
    /// <summary>Looks at all weights of a model.</summary>
    /// <param name="file">The model.</param>
    /// <param name="function">The function that is run; <see langword="null"/> for the default one.</param>
    /// <param name="known">The values that can be tapped.</param>
    public static WeightInputs Find(ModelFile file, string? function, IEnumerable<string> known)
    {
        PipelineStage[] stages = PipelineStages.Of(file.Specification).ToArray();

        var ambiguous = new HashSet<string>(AmbiguousNames(stages), StringComparer.Ordinal);
        var tappable = new HashSet<string>(known.Where(name => !ambiguous.Contains(name)), StringComparer.Ordinal);
        WeightInputs[] found = stages.Select(stage => Find(file, stage, function, tappable)).OfType<WeightInputs>().ToArray();
        return new WeightInputs(found.SelectMany(inputs => inputs.Found).ToArray(), found.SelectMany(inputs => inputs.Left).ToArray());
    }

    private static WeightInputs? Find(ModelFile file, PipelineStage stage, string? function, ISet<string> known) =>
        stage.Model.TypeCase == Model.TypeOneofCase.MlProgram ? ProgramInputFinder.Find(file, stage, function, known)
        : NetworkLayers.Of(stage.Model) is not null ? NetworkInputFinder.Find(file, stage, known)
        : null;

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
            ? ProgramGraph.Of(model.MlProgram).SelectMany(graph => graph.Values.Where(value => value.Maker is not null).Select(value => value.Name).Concat(graph.Operations.Where(IsRecurrent).SelectMany(operation => HiddenStateNames.All(operation.Name))))
            : NetworkLayers.Of(model) is { } layers ? NetworkLayers.All(layers).SelectMany(layer => layer.Message.Output.Concat(HiddenStateNames.All(layer.Path)))
            : [];

    private static bool IsRecurrent(OperationNode operation) => operation.Type is "lstm" or "gru" or "rnn";
}
