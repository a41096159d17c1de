using System.Management.Automation;
using CoreMLQuant.Recipes;

namespace CoreMLQuant.Abstractions;

/// <summary>A conversion that changes how weights are stored or what is computed with them: all of them, or some.</summary>
public abstract class WeightConversionCommand : ConversionCommand
{
    /// <summary>Converts only these weights: patterns on operation type, operation name or weight name (wildcards, or <c>re:</c> and a regular expression).</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(Completers.OperationCompleter))]
    public string[] Include { get; set; } = [];

    /// <summary>Does not convert these weights. Uses the same patterns as -Include.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(Completers.OperationCompleter))]
    public string[] Exclude { get; set; } = [];

    /// <summary>
    /// Stores identical weights once: the same bytes and the same type, within each weight file of an ML Program, across functions.
    /// Without it, weights that are stored twice remain so.
    /// </summary>
    [Parameter]
    public SwitchParameter MergeEqualWeights { get; set; }

    /// <summary>-Include and -Exclude replace the recipe's patterns.</summary>
    private protected override CompressionRecipe Complete(CompressionRecipe recipe) => recipe with
    {
        Include = Include.Length > 0 ? NamePatterns.Parse(Include) : recipe.Include,
        Exclude = Exclude.Length > 0 ? NamePatterns.Parse(Exclude) : recipe.Exclude,
        MergeEqualWeights = MergeEqualWeights || recipe.MergeEqualWeights,
    };
}
