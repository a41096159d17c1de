using System.Collections.Generic;
using System.Threading;
using CoreMLQuant.Editing.Assembly;
using CoreMLQuant.Errors;
using CoreMLQuant.Models;

namespace CoreMLQuant.Editing.Joining;

/// <summary>Plans how models become one. The models stay open until what was planned is written (<see cref="AssemblyWriter"/>).</summary>
public static class ModelJoiner
{
    /// <summary>One ML Program with a function for each model, equal weights stored once.</summary>
    /// <param name="models">ML Programs with one function each.</param>
    /// <param name="names">A name for each of them.</param>
    /// <param name="defaultFunction">The function that is used when none is asked for; the first one when <see langword="null"/>.</param>
    /// <param name="cancellationToken">Stops planning.</param>
    /// <exception cref="AssemblyException">The models or names do not fit.</exception>
    /// <exception cref="CoreMLFormatException">A model breaks a rule of the format.</exception>
    public static AssemblyPlan AsFunctions(
        IReadOnlyList<ModelFile> models, IReadOnlyList<string> names, string? defaultFunction = null, CancellationToken cancellationToken = default) =>
        FunctionJoiner.Plan(models, names, defaultFunction, cancellationToken);

    /// <summary>A pipeline whose stages take from each other by name.</summary>
    /// <param name="models">The models in the order in which they run.</param>
    /// <param name="outputs">Names of its outputs; empty for what no stage takes.</param>
    /// <param name="cancellationToken">Stops planning.</param>
    /// <exception cref="AssemblyException">The models do not fit.</exception>
    /// <exception cref="CoreMLFormatException">A model breaks a rule of the format.</exception>
    public static AssemblyPlan AsPipeline(IReadOnlyList<ModelFile> models, IReadOnlyList<string> outputs, CancellationToken cancellationToken = default) =>
        PipelineJoiner.Plan(models, outputs, cancellationToken);

    /// <summary>A pipeline of a detector and non-maximum suppression.</summary>
    /// <param name="detector">A model with confidences and coordinates of boxes among its outputs.</param>
    /// <param name="options">How boxes are chosen.</param>
    /// <param name="cancellationToken">Stops planning.</param>
    /// <exception cref="AssemblyException">The model or the options do not fit.</exception>
    /// <exception cref="CoreMLFormatException">The model breaks a rule of the format.</exception>
    public static AssemblyPlan WithSuppression(ModelFile detector, SuppressionOptions options, CancellationToken cancellationToken = default) =>
        SuppressionJoiner.Plan(detector, options, cancellationToken);
}
