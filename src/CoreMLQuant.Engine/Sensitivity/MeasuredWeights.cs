using System;
using System.Collections.Generic;
using System.Linq;
using CoreMLQuant.Models;
using CoreMLQuant.Planning;
using CoreMLQuant.Recipes;

namespace CoreMLQuant.Sensitivity;

/// <summary>Compresses just the weights of a model that were chosen from a measurement.</summary>
public static class MeasuredWeights
{
    /// <summary>Patterns that match the weights and no others.</summary>
    /// <param name="rows">What was measured.</param>
    public static NamePatterns Names(IEnumerable<WeightSensitivity> rows) => NamePatterns.Exact(rows.SelectMany(row => row.WeightNames));

    /// <summary>A recipe that compresses each weight as it was measured, and no others.</summary>
    /// <param name="rows">What was measured, of one model.</param>
    /// <param name="areCandidates">Whether a budget chooses among the recipes of a weight; otherwise it has to have one.</param>
    /// <exception cref="RecipeException">A row does not know its recipe, or a weight has several.</exception>
    public static OptimizationRecipe Recipe(IReadOnlyCollection<WeightSensitivity> rows, bool areCandidates)
    {
        if (rows.FirstOrDefault(row => row.CompressionRecipe is null) is { } unknown)
        {
            throw new RecipeException(
                $"The row of '{unknown.Name}' does not hold the recipe that it was measured with: it comes from a file or another computer, or a budget chose its encoding.",
                "Specify -Recipe or -Preset.");
        }

        return Combined(rows
            .SelectMany(row => row.WeightNames.Select(name => (Name: name, Row: row)))
            .GroupBy(weight => weight.Name, weight => weight.Row, StringComparer.Ordinal)
            .Select(weight => (weight.Key, Steps: StepsOf(weight.Key, weight, areCandidates)))
            .ToArray());
    }

    /// <summary>A recipe that compresses weights as another one does, and nothing else; <see langword="null"/> for a budget, which does not say how.</summary>
    internal static OptimizationRecipe? Recipe(CompressionRecipe recipe, IEnumerable<WeightSite> sites)
    {
        if (recipe is OptimizationRecipe { HasBudget: true })
        {
            return null;
        }

        var selection = new RecipeSelection(recipe, new SelectionRules(recipe));
        return Combined(sites.Select(site => (site.Name, selection.For(site.Name, [(site.OpType, site.OpName)], out _))).ToArray());
    }

    private static OptimizationRecipe Combined(IReadOnlyCollection<(string Name, IReadOnlyList<WeightRecipe> Steps)> weights) => new()
    {
        Steps =
        [
            .. Enumerable.Range(0, weights.Select(weight => weight.Steps.Count).DefaultIfEmpty(0).Max()).Select(step => new OptimizationStep
            {
                OpNames = [.. weights.Where(weight => step < weight.Steps.Count).Select(weight => (NamePattern.Exact(weight.Name), (WeightRecipe?)weight.Steps[step]))],
            }),
        ],
    };

    private static IReadOnlyList<WeightRecipe> StepsOf(string name, IEnumerable<WeightSensitivity> rows, bool areCandidates)
    {
        WeightSensitivity[] different = rows.GroupBy(row => row.Recipe, StringComparer.Ordinal).Select(group => group.First()).ToArray();
        return areCandidates || different.Length == 1
            ? [.. different.SelectMany(row => StepsOf(name, row.CompressionRecipe!))]
            : throw new RecipeException(
                $"The weight '{name}' comes with several recipes: {string.Join(", ", different.Select(row => $"'{row.Recipe}'"))}.",
                "Choose one row for each weight, specify -Recipe, or let a budget such as -TargetSize choose.");
    }

    private static IEnumerable<WeightRecipe> StepsOf(string name, OptimizationRecipe recipe) => recipe.Steps
        .SelectMany(step => step.OpNames.Where(entry => entry.Pattern.Text == name)).Select(entry => entry.Recipe).OfType<WeightRecipe>();
}
