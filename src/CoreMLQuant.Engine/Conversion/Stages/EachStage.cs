using System;
using System.Threading;
using CoreMLQuant.Collections;
using CoreMLQuant.Models;
using CoreMLQuant.NeuralNetworks;
using CoreMLQuant.Planning;
using Schema = CoreMLQuant.Specification.Schema;

namespace CoreMLQuant.Conversion.Stages;

/// <summary>Hands each stage of a model to the planner of its world.</summary>
internal static class EachStage
{
    /// <summary>Plans every stage; one that is neither a program nor a network gets a note.</summary>
    /// <param name="builder">The plan.</param>
    /// <param name="program">Plans an ML Program.</param>
    /// <param name="network">Plans a NeuralNetwork.</param>
    /// <param name="cancellationToken">Stops between stages.</param>
    public static void Plan(PlanBuilder builder, Action<PipelineStage> program, Action<PipelineStage> network, CancellationToken cancellationToken) =>
        Plan(builder, stage => () => program(stage), network, cancellationToken);

    /// <summary>Plans every stage; one that is neither a program nor a network gets a note.</summary>
    /// <param name="builder">The plan.</param>
    /// <param name="program">Decides about an ML Program, which others may read meanwhile, and gives what then edits it.</param>
    /// <param name="network">Plans a NeuralNetwork.</param>
    /// <param name="cancellationToken">Stops between stages.</param>
    public static void Plan(PlanBuilder builder, Func<PipelineStage, Action> program, Action<PipelineStage> network, CancellationToken cancellationToken)
    {
        foreach (PipelineStage stage in PipelineStages.Of(builder.Specification))
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (stage.Model.TypeCase == Schema.Model.TypeOneofCase.MlProgram)
            {
                Action edit = program(stage);
                builder.BeginEdits();

                // What readers have noted does not hold for what it is going to be.
                stage.Model.MlProgram.Note = null;
                DroppedObjects.CollectWithinModel();
                edit();
            }
            else if (NetworkLayers.Of(stage.Model) is not null)
            {
                builder.BeginEdits();
                network(stage);
            }
            else
            {
                builder.Note($"{(stage.Name.Length > 0 ? $"stage '{stage.Name}'" : "the model")} is of a type that has no tensors to convert");
            }
        }

        builder.BeginEdits();
    }
}
