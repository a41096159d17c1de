using System.Collections.Generic;
using System.Linq;
using CoreMLQuant.Editing.Plans;
using CoreMLQuant.Models;
using CoreMLQuant.Specification.Schema;

namespace CoreMLQuant.Editing.Names;

/// <summary>
/// Renames features of a pipeline. Stages hand values on by name, so a new name goes to the stage that makes the value and to all that take it. A
/// value that a later stage makes under the same name is another one.
/// </summary>
internal static class PipelineNames
{
    /// <summary>Renames inputs and outputs.</summary>
    /// <exception cref="EditException">A name is that of another value of the pipeline.</exception>
    public static void Rename(EditBuilder builder, PipelineStage stage, Pipeline pipeline, Renames names)
    {
        Model[] models = pipeline.Models.ToArray();
        Dictionary<string, int> makers = LastMakers(models);
        CheckFree(stage, models, makers, names);
        foreach (string output in names.Outputs.Keys.Where(output => !makers.ContainsKey(output) && !names.Inputs.ContainsKey(output)))
        {
            throw new EditException($"No stage of the pipeline makes the output '{output}'.", "Use Test-CoreMLModel -Detailed to see what is wrong with the model.");
        }

        Dictionary<string, string> current = FeatureNames.InputsOf(stage.Model).ToDictionary(name => name, names.Input);
        PipelineStage[] stages = StagesOf(stage, pipeline);
        for (int i = 0; i < models.Length; i++)
        {
            Dictionary<string, string> taken = FeatureNames.InputsOf(models[i]).ToDictionary(name => name, name => current.TryGetValue(name, out string? known) ? known : name);
            Dictionary<string, string> made = FeatureNames.OutputsOf(models[i]).ToDictionary(name => name, name => makers[name] == i ? names.Output(name) : name);
            StageNames.Rename(builder, stages[i], new Renames(taken, made));
            foreach (KeyValuePair<string, string> pair in made)
            {
                current[pair.Key] = pair.Value;
            }
        }
    }

    private static Dictionary<string, int> LastMakers(Model[] models)
    {
        var makers = new Dictionary<string, int>();
        for (int i = 0; i < models.Length; i++)
        {
            foreach (string output in FeatureNames.OutputsOf(models[i]))
            {
                makers[output] = i;
            }
        }

        return makers;
    }

    private static void CheckFree(PipelineStage stage, Model[] models, Dictionary<string, int> makers, Renames names)
    {
        IEnumerable<string> values = FeatureNames.InputsOf(stage.Model).Where(name => !names.Inputs.ContainsKey(name))
            .Concat(models.SelectMany((model, i) => FeatureNames.OutputsOf(model).Where(name => makers[name] != i || !names.Outputs.ContainsKey(name))));
        NameRules.CheckFree(names.All.Distinct().ToArray(), values.Distinct().ToDictionary(name => name, _ => "a value"), "the pipeline");
    }

    // Names of stages are those of their place in the whole model.
    private static PipelineStage[] StagesOf(PipelineStage stage, Pipeline pipeline) => PipelineStages.All(stage.Model)
        .Where(one => pipeline.Models.Any(model => ReferenceEquals(model, one.Model)))
        .Select(one => stage.Name.Length == 0 ? one : one with { Name = $"{stage.Name}/{one.Name}" })
        .ToArray();
}
