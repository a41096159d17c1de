using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using CoreMLQuant.Elements;
using CoreMLQuant.Mil.Float16;
using CoreMLQuant.Models;
using CoreMLQuant.NeuralNetworks.Float16;
using CoreMLQuant.Planning;
using CoreMLQuant.Recipes;
using Schema = CoreMLQuant.Specification.Schema;

namespace CoreMLQuant.Conversion.Stages;

/// <summary>Plans FP16 for a model: each stage by its own kind.</summary>
internal static class Float16Planner
{
    /// <summary>Plans every stage.</summary>
    public static void Plan(PlanBuilder builder, Float16Recipe recipe, CancellationToken cancellationToken)
    {
        bool interface16 = recipe is { WeightsOnly: false, InputOutputPrecision: FeaturePrecision.Float16 };
        if (interface16 && PipelineStages.Of(builder.Specification).Any(stage => stage.Model.TypeCase != Schema.Model.TypeOneofCase.MlProgram))
        {
            builder.Note("inputs and outputs keep their types: FP16 ones require an ML Program; in a pipeline, every stage must be one");
            interface16 = false;
        }

        int operations = 0;
        EachStage.Plan(builder, PlanProgram, stage => NetworkFloat16Planner.Plan(builder, stage, cancellationToken), cancellationToken);

        Action PlanProgram(PipelineStage stage)
        {
            if (recipe.WeightsOnly)
            {
                return MilStoragePlanner.Decide(builder, stage, cancellationToken);
            }

            Func<bool, int> edit = MilFloat16Planner.Decide(builder, stage, cancellationToken);
            return () => operations += edit(interface16);
        }

        if (interface16)
        {
            RetypePipelines(builder.Specification);
        }

        if (!recipe.WeightsOnly)
        {
            TellOfFloat32Left(builder);
        }

        if (operations > 0 && builder.Changed && builder.Weights.All(weight => weight.Action == WeightAction.Skip))
        {
            builder.Note($"no weight changes; {(operations == 1 ? "1 more operation computes" : $"{operations} more operations compute")} in FP16");
        }

        if (!builder.Changed)
        {
            builder.Note(CompressionPlan.NothingToConvert);
        }
    }

    // A saving that is to be had with another option should not stay a secret: recurrent layers below CoreML7 take only FP32.
    private static void TellOfFloat32Left(PlanBuilder builder)
    {
        WeightPlan[] left = builder.Weights
            .Where(weight => weight.Action == WeightAction.Skip && weight.Site is { ElementType: ElementType.Float32, Encoding: WeightEncoding.Plain, Function.Length: > 0 })
            .ToArray();
        long bytes = left.Sum(weight => weight.Site.ByteCount);
        if (bytes * 10 >= builder.Weights.Sum(weight => weight.Site.ByteCount) && bytes > 0)
        {
            builder.Note($"{left.Length} weights ({bytes} bytes) stay FP32 because the operations that use them do ({left[0].Reason}); -WeightsOnly would store them in FP16");
        }
    }

    // The features of a pipeline are those of its stages, which have become FP16 by now.
    private static void RetypePipelines(Schema.Model specification)
    {
        foreach (Schema.Model container in PipelineStages.AllModels(specification).Where(model => PipelineStages.PipelineOf(model) is not null))
        {
            IEnumerable<Schema.FeatureDescription> features = container.Description?.Input.Concat(container.Description.Output) ?? [];
            InterfacePrecision.Retype(features);
        }
    }
}
