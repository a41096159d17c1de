using System;
using System.Collections.Generic;
using System.Linq;
using CoreMLQuant.Models;
using CoreMLQuant.NeuralNetworks;
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
        var tappable = new HashSet<string>(known, StringComparer.Ordinal);
        WeightInputs[] found = stages.Select(stage => Find(file, stage, function, tappable)).OfType<WeightInputs>().ToArray();
        return new WeightInputs(found.SelectMany(inputs => inputs.Found).ToArray(), found.SelectMany(inputs => inputs.Left).ToArray());
    }

    private static WeightInputs? Find(ModelFile file, PipelineStage stage, string? function, ISet<string> known) =>
        stage.Model.TypeCase == Model.TypeOneofCase.MlProgram ? ProgramInputFinder.Find(file, stage, function, known)
        : NetworkLayers.Of(stage.Model) is not null ? NetworkInputFinder.Find(file, stage, known)
        : null;
}
