using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using CoreMLQuant.Errors;
using CoreMLQuant.Models;
using CoreMLQuant.Recipes;

namespace CoreMLQuant.Inspection;

/// <summary>Inspects an open model.</summary>
public static class ModelInspection
{
    /// <summary>Describes the model; reads no weights.</summary>
    /// <param name="model">The open model.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    /// <exception cref="CoreMLFormatException">A weight file is missing or a reference into it breaks a rule.</exception>
    public static CoreMLModel Describe(this ModelFile model, CancellationToken cancellationToken = default) =>
        model.Describe(model.GetWeights(), cancellationToken);

    /// <summary>Describes a model whose weights have been listed.</summary>
    /// <param name="model">The open model.</param>
    /// <param name="weights">All of its weights.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    internal static CoreMLModel Describe(this ModelFile model, IReadOnlyList<WeightSite> weights, CancellationToken cancellationToken)
    {
        model.Container.ReadEntries(cancellationToken);
        return ModelDescriber.Describe(model, weights);
    }

    /// <summary>Lists the model's weights, where they are and what they are; reads none of their data.</summary>
    /// <param name="model">The open model.</param>
    /// <exception cref="CoreMLFormatException">A weight file is missing or a reference into it breaks a rule.</exception>
    public static IReadOnlyList<WeightSite> GetWeights(this ModelFile model) => WeightSites.Of(model);

    /// <summary>Lists the model's weights with the statistics of their values: reads and decodes them, on all processors, in the memory of a few tiles.</summary>
    /// <param name="model">The open model.</param>
    /// <param name="isWanted">Chooses weights before anything of them is read.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    /// <exception cref="CoreMLFormatException">A weight file is missing, or a weight breaks a rule.</exception>
    public static IReadOnlyList<WeightSite> MeasureWeights(
        this ModelFile model, Func<WeightSite, bool> isWanted, CancellationToken cancellationToken = default) =>
        WeightMeasurement.Run(WeightSites.Find(model).Where(weight => isWanted(weight.Site)), countsDistinct: true, cancellationToken);

    /// <summary>Lists the operations of the model's ML Programs, constants left out; empty for other formats.</summary>
    /// <param name="model">The open model.</param>
    /// <param name="functions">Names of the functions; all when there are none.</param>
    public static IReadOnlyList<ProgramOperation> GetOperations(this ModelFile model, NamePatterns functions) => ProgramListing.Operations(model, functions).ToArray();

    /// <summary>Shows the model's ML Programs as MIL text: one text for a model, or for each such stage of a pipeline; none for other formats.</summary>
    /// <param name="model">The open model.</param>
    /// <param name="functions">Names of the functions; all when there are none.</param>
    public static IReadOnlyList<string> GetProgramTexts(this ModelFile model, NamePatterns functions) => ProgramListing.Texts(model, functions).ToArray();
}
