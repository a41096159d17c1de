using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using Schema = CoreMLQuant.Specification.Schema;

namespace CoreMLQuant.Models;

/// <summary>A model that stands on its own, or as a stage of a pipeline.</summary>
/// <param name="Name">The stage's name, nested ones joined with <c>/</c>; empty outside pipelines.</param>
/// <param name="Model">The stage.</param>
internal sealed record PipelineStage(string Name, Schema.Model Model);

/// <summary>Takes pipelines apart.</summary>
internal static class PipelineStages
{
    /// <summary>The models that do the work, in execution order; the model itself when it is no pipeline.</summary>
    public static IEnumerable<PipelineStage> Of(Schema.Model model) => All(model).Where(stage => PipelineOf(stage.Model) is null);

    /// <summary>Every model of a tree of pipelines, containers first; the outermost has no name.</summary>
    public static IEnumerable<PipelineStage> All(Schema.Model model) => All(model, string.Empty);

    /// <summary>Every model of a tree of pipelines, containers first.</summary>
    public static IEnumerable<Schema.Model> AllModels(Schema.Model model) => All(model).Select(stage => stage.Model);

    /// <summary>The pipeline inside a model, or <see langword="null"/>.</summary>
    public static Schema.Pipeline? PipelineOf(Schema.Model model) => model.TypeCase switch
    {
        Schema.Model.TypeOneofCase.Pipeline => model.Pipeline,
        Schema.Model.TypeOneofCase.PipelineClassifier => model.PipelineClassifier.Pipeline,
        Schema.Model.TypeOneofCase.PipelineRegressor => model.PipelineRegressor.Pipeline,
        _ => null,
    };

    private static IEnumerable<PipelineStage> All(Schema.Model model, string prefix)
    {
        yield return new PipelineStage(prefix, model);
        if (PipelineOf(model) is not { } pipeline)
        {
            yield break;
        }

        for (int i = 0; i < pipeline.Models.Count; i++)
        {
            // Old writers give no names; then the position is the name.
            string name = i < pipeline.Names.Count && pipeline.Names[i].Length > 0
                ? pipeline.Names[i]
                : i.ToString(CultureInfo.InvariantCulture);
            foreach (PipelineStage stage in All(pipeline.Models[i], prefix.Length == 0 ? name : prefix + "/" + name))
            {
                yield return stage;
            }
        }
    }
}
