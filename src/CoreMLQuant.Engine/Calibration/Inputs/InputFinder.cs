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

        // Stages do not know each other's names: of a name that several give, it is not known which is meant.
        HashSet<string> ambiguous = stages.Length == 1 ? [] : new HashSet<string>(
            stages.SelectMany(stage => NamesOf(stage.Model).Distinct()).GroupBy(name => name, StringComparer.Ordinal).Where(group => group.Count() > 1).Select(group => group.Key),
            StringComparer.Ordinal);
        var tappable = new HashSet<string>(known.Where(name => !ambiguous.Contains(name)), StringComparer.Ordinal);
        WeightInputs[] found = stages.Select(stage => Find(file, stage, function, tappable)).OfType<WeightInputs>().ToArray();
        return new WeightInputs(found.SelectMany(inputs => inputs.Found).ToArray(), found.SelectMany(inputs => inputs.Left).ToArray());
    }

    private static WeightInputs? Find(ModelFile file, PipelineStage stage, string? function, ISet<string> known) =>
        stage.Model.TypeCase == Model.TypeOneofCase.MlProgram ? ProgramInputFinder.Find(file, stage, function, known)
        : NetworkLayers.Of(stage.Model) is not null ? NetworkInputFinder.Find(file, stage, known)
        : null;

    private static IEnumerable<string> NamesOf(Model model) =>
        model.TypeCase == Model.TypeOneofCase.MlProgram
            ? ProgramGraph.Of(model.MlProgram).SelectMany(graph => graph.Values.Select(value => value.Name).Concat(graph.Operations.Where(IsRecurrent).SelectMany(operation => HiddenStateNames.All(operation.Name))))
            : NetworkLayers.Of(model) is { } layers ? NetworkLayers.All(layers).SelectMany(layer => layer.Message.Output.Concat(HiddenStateNames.All(layer.Path)))
            : [];

    private static bool IsRecurrent(OperationNode operation) => operation.Type is "lstm" or "gru" or "rnn";
}
