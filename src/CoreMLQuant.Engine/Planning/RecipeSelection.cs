using System.Collections.Generic;
using System.Linq;
using CoreMLQuant.Recipes;

namespace CoreMLQuant.Planning;

/// <summary>Which recipes a weight gets: the one recipe of a simple conversion, or what the steps of an optimization say about it.</summary>
/// <param name="recipe">A <see cref="WeightRecipe"/> or an <see cref="OptimizationRecipe"/>.</param>
/// <param name="rules">Notes which patterns are of any use.</param>
internal sealed class RecipeSelection(CompressionRecipe recipe, SelectionRules rules)
{
    // One list for all weights, of which there may be thousands.
    private WeightRecipe[]? _only;

    /// <summary>The recipes of a weight, in the order in which they are applied; none when it is left alone.</summary>
    /// <param name="weight">Its name.</param>
    /// <param name="consumers">Type and name of each operation or layer that uses it, in program order.</param>
    /// <param name="remark">How users that disagree were reconciled; empty when they agree.</param>
    public IReadOnlyList<WeightRecipe> For(string weight, IReadOnlyList<(string Type, string Name)> consumers, out string remark)
    {
        remark = string.Empty;
        if (recipe is WeightRecipe only)
        {
            return _only ??= [Complete(only)];
        }

        var recipes = new List<WeightRecipe>();
        foreach (OptimizationStep step in ((OptimizationRecipe)recipe).Steps)
        {
            if (For(step, weight, consumers, ref remark) is { } found)
            {
                recipes.Add(Complete(found));
            }
        }

        return recipes;
    }

    // The weight's own name goes before its users. Users that disagree get one form: left alone where one asks for
    // that, otherwise what the first one asks for.
    private WeightRecipe? For(OptimizationStep step, string weight, IReadOnlyList<(string Type, string Name)> consumers, ref string remark)
    {
        if (Match(step.OpNames, weight, rules) is { } named)
        {
            return Named(named.Recipe);
        }

        WeightRecipe?[] wishes = consumers.Select(consumer => ForOperation(step, consumer.Type, consumer.Name, rules)).ToArray();
        if (wishes.Length == 0)
        {
            return step.Global;
        }

        if (wishes.Distinct().Skip(1).Any())
        {
            bool isLeft = wishes.Contains(null);
            remark = $"operations with different recipes use it; {(isLeft ? "one of them excludes it" : $"the recipe of {consumers[0].Type} '{consumers[0].Name}' applies")}";
            return isLeft ? null : wishes[0];
        }

        return wishes[0];
    }

    /// <summary>The recipe of a step for an operation; <see langword="null"/> when it is left alone.</summary>
    public static WeightRecipe? ForOperation(OptimizationStep step, string type, string name, SelectionRules rules) =>
        Match(step.OpNames, name, rules) is { } byName ? Named(byName.Recipe)
        : Match(step.OpTypes, type, rules) is { } byType ? byType.Recipe
        : step.Global;

    // In a NeuralNetwork, activations are quantized where their weights are multiplied in Int8.
    private WeightRecipe Complete(WeightRecipe found) =>
        found is LinearQuantizationRecipe { BitWidth: 8, Mode: QuantizationMode.Symmetric } linear
        && ActivationQuantization.Of(recipe) is not null
        ? linear with { Int8MatrixMultiply = true }
        : found;

    // coremltools prunes blocks and ratios of conv and linear only, unless a name says which weight is meant.
    private static WeightRecipe? Named(WeightRecipe? recipe) => recipe is PruningRecipe pruning ? pruning with { AnyOperation = true } : recipe;

    // An exact name goes before patterns, a later pattern before an earlier one.
    private static (NamePattern Pattern, WeightRecipe? Recipe)? Match(IReadOnlyList<(NamePattern Pattern, WeightRecipe? Recipe)> entries, string name, SelectionRules rules)
    {
        (NamePattern Pattern, WeightRecipe? Recipe)? found = null;
        bool isExact = false;
        foreach ((NamePattern Pattern, WeightRecipe? Recipe) entry in entries.Where(entry => entry.Pattern.IsMatch(name)))
        {
            rules.MarkUsed(entry.Pattern);
            bool exact = entry.Pattern.Text == name;
            if (exact || !isExact)
            {
                (found, isExact) = (entry, exact);
            }
        }

        return found;
    }
}
