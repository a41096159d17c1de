using System.Collections.Generic;
using System.Threading;
using CoreMLQuant.Editing.Assembly;
using CoreMLQuant.Errors;
using CoreMLQuant.Models;
using CoreMLQuant.Specification.Schema;
using ModelCase = CoreMLQuant.Specification.Schema.Model.TypeOneofCase;

namespace CoreMLQuant.Editing.Splitting;

/// <summary>Plans how a model is taken apart: a pipeline into its stages, a program with functions into these, a program with one function into two.</summary>
public static class ModelSplitter
{
    /// <summary>Plans it. The model stays open until what was planned is written (<see cref="AssemblyWriter"/>).</summary>
    /// <param name="file">The model.</param>
    /// <param name="at">
    /// Name of the operation behind which a program with one function is cut; <see langword="null"/> to hand on as little as possible near the middle of the weights.
    /// </param>
    /// <param name="cancellationToken">Stops planning.</param>
    /// <exception cref="AssemblyException">The model cannot be split so.</exception>
    /// <exception cref="CoreMLFormatException">The model breaks a rule of the format.</exception>
    public static IReadOnlyList<AssemblyPlan> Split(ModelFile file, string? at = null, CancellationToken cancellationToken = default)
    {
        var builder = new AssemblyBuilder();
        Model model = builder.Take(file, cancellationToken);
        Pipeline? pipeline = PipelineStages.PipelineOf(model);
        bool hasFunctions = model.Description?.Functions.Count > 0;
        if (at is not null && (pipeline is not null || hasFunctions))
        {
            throw new AssemblyException(
                file.Path, $"the model {(pipeline is not null ? "is a pipeline, which is split into its stages" : "has functions, and is split into these")}; -At is for a program with one function.", "Omit -At, and split a part again.");
        }

        return pipeline is not null ? PipelineSplitter.Plan(builder, pipeline, file.Path)
            : model.TypeCase != ModelCase.MlProgram ? throw new AssemblyException(file.Path, "the model is neither a pipeline nor an ML Program.", "Only these can be split.")
            : hasFunctions ? FunctionSplitter.Plan(builder, model, file.Path)
            : ProgramSplitter.Plan(builder, model, file.Path, at, cancellationToken);
    }
}
