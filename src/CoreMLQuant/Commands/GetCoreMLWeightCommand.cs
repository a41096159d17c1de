using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using CoreMLQuant.Abstractions;
using CoreMLQuant.Completers;
using CoreMLQuant.Errors;
using CoreMLQuant.Inspection;
using CoreMLQuant.Models;
using CoreMLQuant.Recipes;
using CoreMLQuant.Results;

namespace CoreMLQuant.Commands;

/// <summary>Lists the weights of models: where each is stored, its type and encoding, and the operations that use it.</summary>
[Cmdlet(VerbsCommon.Get, "CoreMLWeight", DefaultParameterSetName = PathSet)]
[OutputType(typeof(CoreMLWeight), typeof(CoreMLWeightStatistics))]
public sealed class GetCoreMLWeightCommand : ModelPathCommand
{
    private NamePatterns _names = NamePatterns.None;
    private NamePatterns _opTypes = NamePatterns.None;

    /// <summary>Lists only weights with these names (wildcards, or <c>re:</c> and a regular expression).</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(WeightNameCompleter))]
    public string[] Name { get; set; } = [];

    /// <summary>Lists only weights that operations or layers of these types use. Uses the same patterns as -Name.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(OpTypeCompleter))]
    public string[] OpType { get; set; } = [];

    /// <summary>Lists only weights with more elements than this. A conversion with the same number skips the same weights.</summary>
    [Parameter]
    [ValidateRange(0, long.MaxValue)]
    [ArgumentCompleter(typeof(TypicalValueCompleter))]
    public long MinimumElementCount { get; set; } = -1;

    /// <summary>Reads the values and returns statistics: range, mean, standard deviation, zeros, distinct values, losses in FP16.</summary>
    [Parameter]
    public SwitchParameter Statistics { get; set; }

    /// <inheritdoc/>
    protected override void BeginProcessing()
    {
        _names = ReadPatterns(Name);
        _opTypes = ReadPatterns(OpType);
    }

    /// <inheritdoc/>
    protected override void ProcessModel(string path)
    {
        IReadOnlyList<WeightSite>? weights = Run(
            (_, token) =>
            {
                using ModelFile file = ModelFile.Open(path, FollowLinks, token);
                return Statistics ? file.MeasureWeights(IsWanted, token) : file.GetWeights().Where(IsWanted).ToArray();
            },
            e => e.ToReadError(path));
        if (weights is not null)
        {
            WriteVerbose($"'{path}': {weights.Count} weights.");
            WriteObject(weights.Select(Describe), enumerateCollection: true);
        }
    }

    private WeightDescription Describe(WeightSite weight) => Statistics ? new CoreMLWeightStatistics(weight) : new CoreMLWeight(weight);

    private bool IsWanted(WeightSite weight) =>
        weight.ElementCount > MinimumElementCount
        && (_names.IsEmpty || _names.First(weight.Name) is not null)
        && (_opTypes.IsEmpty || _opTypes.First([weight.OpType, .. weight.Consumers]) is not null);
}
