using System.Collections.Generic;
using System.Linq;
using CoreMLQuant.Editing.Plans;
using CoreMLQuant.Models;
using CoreMLQuant.NeuralNetworks;
using CoreMLQuant.Specification.Schema;

namespace CoreMLQuant.Editing.Names;

/// <summary>Renames the features of a stage, in its description and wherever its kind of model uses the names.</summary>
internal static class StageNames
{
    /// <summary>Renames features.</summary>
    /// <param name="builder">The plan.</param>
    /// <param name="stage">The stage.</param>
    /// <param name="names">New names of features that the stage has.</param>
    /// <exception cref="EditException">A name is taken or not valid.</exception>
    public static void Rename(EditBuilder builder, PipelineStage stage, Renames names)
    {
        if (names.IsEmpty)
        {
            return;
        }

        foreach (KeyValuePair<string, string> pair in names.All)
        {
            NameRules.CheckText(pair.Value);
        }

        if (stage.Model.TypeCase == Model.TypeOneofCase.MlProgram)
        {
            // Each function has names of its own, so they are checked one by one.
            ProgramNames.Rename(stage.Model.MlProgram, names);
            Finish(builder, stage, names);
            return;
        }

        CheckSharedNames(stage, names);
        CheckFree(stage, names);
        if (PipelineStages.PipelineOf(stage.Model) is { } pipeline)
        {
            PipelineNames.Rename(builder, stage, pipeline, names);
        }
        else if (NetworkLayers.Of(stage.Model) is { } layers)
        {
            NetworkNames.Rename(builder, stage.Model, layers, names);
        }
        else
        {
            OtherNames.Rename(builder, stage.Model, names);
        }

        Finish(builder, stage, names);
    }

    private static void Finish(EditBuilder builder, PipelineStage stage, Renames names)
    {
        string place = EditBuilder.PlaceOf(stage);
        FeatureNames.Rename(stage.Model, names);
        Record(builder, place, "input name", names.Inputs);
        Record(builder, place, "output name", names.Outputs);
    }

    // A name that is both is one value: renamed on one side only, it would have to be two.
    private static void CheckSharedNames(PipelineStage stage, Renames names)
    {
        foreach (string name in FeatureNames.InputsOf(stage.Model).Intersect(FeatureNames.OutputsOf(stage.Model)).Where(name => names.Input(name) != names.Output(name)))
        {
            throw new EditException($"'{name}' is an input and an output at once.", "Specify the same new name with -RenameInput and -RenameOutput.");
        }
    }

    private static void CheckFree(PipelineStage stage, Renames names)
    {
        var staying = new Dictionary<string, string>();
        foreach (string name in FeatureNames.InputsOf(stage.Model).Where(name => !names.Inputs.ContainsKey(name)))
        {
            staying[name] = "an input";
        }

        foreach (string name in FeatureNames.OutputsOf(stage.Model).Where(name => !names.Outputs.ContainsKey(name)))
        {
            staying[name] = "an output";
        }

        string place = EditBuilder.PlaceOf(stage);
        NameRules.CheckFree(names.All.Distinct().ToArray(), staying, place.Length > 0 ? place : "the model");
    }

    private static void Record(EditBuilder builder, string place, string what, IReadOnlyDictionary<string, string> names)
    {
        foreach (KeyValuePair<string, string> pair in names)
        {
            builder.Add(what, place, pair.Key, pair.Value);
        }
    }
}
