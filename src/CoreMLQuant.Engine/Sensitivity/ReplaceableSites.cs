using System;
using System.Collections.Generic;
using System.Linq;
using CoreMLQuant.Mil;
using CoreMLQuant.Models;
using CoreMLQuant.Running;
using CoreMLQuant.Specification.Schema;

namespace CoreMLQuant.Sensitivity;

/// <summary>The weights that can be replaced while a model runs. It knows them by their names, which weights of functions that are not run may have as well.</summary>
internal sealed class ReplaceableSites
{
    private readonly Dictionary<string, string?> _functions;
    private readonly HashSet<string> _names;

    private ReplaceableSites(Dictionary<string, string?> functions, IEnumerable<string> names) =>
        (_functions, _names) = (functions, new HashSet<string>(names, StringComparer.Ordinal));

    /// <summary>Finds them.</summary>
    /// <param name="file">The model.</param>
    /// <param name="function">The function that is run; <see langword="null"/> for the default one.</param>
    /// <param name="model">The same, opened with weights that can be replaced.</param>
    public static ReplaceableSites Of(ModelFile file, string? function, IRunnableModel model) => new(
        PipelineStages.Of(file.Specification)
            .Where(stage => stage.Model.TypeCase == Model.TypeOneofCase.MlProgram)
            .ToDictionary(stage => stage.Name, stage => ProgramGraph.ToRun(stage.Model, function)?.FunctionName, StringComparer.Ordinal),
        model.ReplaceableWeights);

    /// <summary>Whether a weight can be replaced.</summary>
    public bool Contains(WeightSite site) => IsRun(site) && _names.Contains(site.Name);

    /// <summary>Of weights with the same data, those that can be replaced; none where one that is run cannot.</summary>
    public IReadOnlyList<WeightSite> Of(IReadOnlyList<WeightSite> sites)
    {
        WeightSite[] run = sites.Where(IsRun).ToArray();
        return Array.TrueForAll(run, Contains) ? run : [];
    }

    private bool IsRun(WeightSite site) => !_functions.TryGetValue(site.Stage, out string? function) || site.Function == function;
}
