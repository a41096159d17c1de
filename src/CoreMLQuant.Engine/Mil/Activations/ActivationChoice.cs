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

    /// <summary>Operations that are left alone, since no sample can show the ranges that they need.</summary>
    public IReadOnlyCollection<OperationNode> Left => _left;

    /// <summary>Leaves the operations alone that need a range that no sample can show, and forgets what is missing, so that it is asked for again without them.</summary>
    /// <param name="known">How many ranges were missing before these operations asked for theirs.</param>
    /// <returns>Whether there are any.</returns>
    public bool LeaveUnseen(int known)
    {
        OperationNode[] unseen = ranges.Missing.Skip(known).Where(missing => ranges.IsUnseen(missing.Value)).Select(missing => missing.Operation).ToArray();
        if (unseen.Length > 0)
        {
            _left.UnionWith(unseen);
            ranges.ForgetMissing(known);
        }

        return unseen.Length > 0;
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
