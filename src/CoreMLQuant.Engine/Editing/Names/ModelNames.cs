using System.Collections.Generic;
using System.Linq;
using CoreMLQuant.Editing.Plans;
using CoreMLQuant.Models;
using CoreMLQuant.Specification.Schema;

namespace CoreMLQuant.Editing.Names;

/// <summary>Renames the inputs and outputs of a model.</summary>
internal static class ModelNames
{
    /// <summary>Renames features, from the model down to the stages and functions that know them.</summary>
    /// <param name="builder">The plan.</param>
    /// <param name="inputs">New names of inputs, states and training inputs by their old ones.</param>
    /// <param name="outputs">New names of outputs by their old ones.</param>
    /// <exception cref="EditException">There is no such feature, or a name is taken or not valid.</exception>
    public static void Rename(EditBuilder builder, IReadOnlyDictionary<string, string> inputs, IReadOnlyDictionary<string, string> outputs)
    {
        NameRules.CheckExist(inputs.Keys, FeatureNames.InputsOf(builder.Specification).ToArray(), "input");
        NameRules.CheckExist(outputs.Keys, FeatureNames.OutputsOf(builder.Specification).ToArray(), "output");
        Dictionary<string, string> allInputs = inputs.ToDictionary(pair => pair.Key, pair => pair.Value), allOutputs = outputs.ToDictionary(pair => pair.Key, pair => pair.Value);
        foreach (string name in TargetsOf(builder.Specification))
        {
            Follow(name, allInputs, allOutputs);
            Follow(name, allOutputs, allInputs);
        }

        StageNames.Rename(builder, new PipelineStage(string.Empty, builder.Specification), new Renames(allInputs, allOutputs));
    }

    // What a training is given to compare an output with has the output's name, and keeps it.
    private static IEnumerable<string> TargetsOf(Model model) => model.Description is not { } description ? [] : description.TrainingInput
        .Select(input => input.Name)
        .Where(name => description.Output.Any(output => output.Name == name) && description.Input.All(input => input.Name != name));

    private static void Follow(string name, Dictionary<string, string> renamed, Dictionary<string, string> following)
    {
        if (renamed.TryGetValue(name, out string? changed) && !following.ContainsKey(name))
        {
            following.Add(name, changed);
        }
    }
}
