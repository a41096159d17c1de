using System.Collections.Generic;
using System.Linq;
using CoreMLQuant.Editing.Plans;
using CoreMLQuant.Models;

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
        StageNames.Rename(builder, new PipelineStage(string.Empty, builder.Specification), new Renames(inputs, outputs));
    }
}
