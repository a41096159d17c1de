using System.Collections.Generic;
using System.Linq;
using CoreMLQuant.Planning;
using CoreMLQuant.Recipes;

namespace CoreMLQuant.Mil.Activations;

/// <summary>Which operations of a body get pairs, of what kind, and for which ranges.</summary>
/// <param name="quantization">What is asked for.</param>
/// <param name="rules">The patterns of the recipe.</param>
/// <param name="ranges">The ranges.</param>
internal sealed class ActivationChoice(ActivationQuantization quantization, SelectionRules rules, RequiredRanges ranges)
{
    private readonly HashSet<OperationNode> _left = [];

    /// <summary>The ranges.</summary>
    public RequiredRanges Ranges => ranges;

    /// <summary>Operations that are left alone, since the ranges that they need are not known.</summary>
    public IReadOnlyCollection<OperationNode> Left => _left;

    /// <summary>Leaves the operations alone that need a range that is missing, and forgets that it is.</summary>
    /// <returns>Whether there are any.</returns>
    public bool LeaveWhatLacksARange()
    {
        _left.UnionWith(ranges.Missing.Select(missing => missing.Operation));
        bool isMissing = ranges.Missing.Count > 0;
        ranges.ForgetMissing();
        return isMissing;
    }

    /// <summary>The kind of the pairs of an operation; <see langword="null"/> when it gets none.</summary>
    public LinearQuantizationRecipe? Of(ActivationNode operation)
    {
        OperationNode source = operation.Source!;
        return rules.Reason([source.Type, source.Name, .. Constants(source)]) is null && !_left.Contains(source) && !quantization.FloatOperations.Contains(source.Name)
            ? (LinearQuantizationRecipe?)RecipeSelection.ForOperation(quantization.Operations, source.Type, source.Name, rules)
            : null;
    }

    // A pattern that names a weight means the operation that it is of.
    private static IEnumerable<string> Constants(OperationNode operation) => operation.Inputs
        .Select(input => input.Value)
        .Where(value => value?.Maker is { } maker && (maker.IsConst || maker.IsConstexpr))
        .Select(value => value!.Name);
}
