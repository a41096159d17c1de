using System;
using System.Linq;
using CoreMLQuant.Editing.Plans;
using CoreMLQuant.Models;
using CoreMLQuant.Specification.Schema;

namespace CoreMLQuant.Editing.Types;

/// <summary>Changes the type of a pipeline's feature in the stages that take or make its value.</summary>
internal static class PipelineTypes
{
    /// <summary>Changes the type of a feature.</summary>
    /// <param name="builder">The plan.</param>
    /// <param name="target">The pipeline's feature.</param>
    /// <param name="pipeline">The pipeline.</param>
    /// <param name="edit">The edit.</param>
    /// <param name="change">Changes it in a stage.</param>
    /// <exception cref="EditException">A stage cannot have the type, or stages hand the value on.</exception>
    public static FeatureType Change(EditBuilder builder, TypeTarget target, Pipeline pipeline, FeatureTypeEdit edit, Action<EditBuilder, PipelineStage, string, bool, FeatureTypeEdit> change)
    {
        PipelineStage[] stages = PipelineStages.All(target.Stage.Model)
            .Where(one => pipeline.Models.Any(model => ReferenceEquals(model, one.Model)))
            .Select(one => target.Stage.Name.Length == 0 ? one : one with { Name = $"{target.Stage.Name}/{one.Name}" })
            .ToArray();
        PipelineStage[] takers = stages.Where(stage => TypeTarget.Find(stage, target.Name, isInput: true).Any()).ToArray();
        PipelineStage[] makers = stages.Where(stage => TypeTarget.Find(stage, target.Name, isInput: false).Any()).ToArray();
        if (target.IsInput ? makers.Length > 0 : takers.Length > 0 || makers.Length != 1)
        {
            throw target.Refuse("several stages of the pipeline take or make a value of that name.", "Rename it first, so that only the stage that it is for has it.");
        }

        PipelineStage[] changed = target.IsInput ? takers : makers;
        foreach (PipelineStage stage in changed)
        {
            change(builder, stage, target.Name, target.IsInput, edit);
        }

        return changed.Length > 0
            ? TypeTarget.Find(changed[0], target.Name, target.IsInput).First().Feature.Type.Clone()
            : throw target.Refuse("no stage of the pipeline has it.", "Use Test-CoreMLModel -Detailed to see what is wrong with the model.");
    }
}
