using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using CoreMLQuant.Editing.Assembly;
using CoreMLQuant.Models;
using CoreMLQuant.Specification.Schema;

namespace CoreMLQuant.Editing.Splitting;

/// <summary>Makes a model of each stage of a pipeline, as the stage is. A stage that is a pipeline stays one.</summary>
internal static class PipelineSplitter
{
    /// <summary>Plans it.</summary>
    public static IReadOnlyList<AssemblyPlan> Plan(AssemblyBuilder builder, Pipeline pipeline, string path)
    {
        if (pipeline.Models.Count < 2)
        {
            throw new AssemblyException(path, $"the pipeline has {pipeline.Models.Count} stages.", "There is nothing to split.");
        }

        // Old writers give no names; then the position is the name.
        string[] names = pipeline.Models.Select((_, i) => i < pipeline.Names.Count && pipeline.Names[i].Length > 0 ? pipeline.Names[i] : i.ToString(CultureInfo.InvariantCulture)).ToArray();
        return pipeline.Models.Zip(names, (stage, name) => builder.Build(
            stage,
            $"Split into stages {string.Join(", ", names)}",
            PartNames.FileSuffix(name)) with
        {
            Part = name,
            Parts = PipelineStages.PipelineOf(stage)?.Names.ToArray() ?? [],
        }).ToArray();
    }
}
