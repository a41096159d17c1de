using System.Collections.Generic;
using System.Linq;
using CoreMLQuant.Recipes;

namespace CoreMLQuant.Planning;

/// <summary>Which operations and weights a recipe's patterns leave alone, and which patterns were of any use.</summary>
internal sealed class SelectionRules
{
    private readonly CompressionRecipe _recipe;
    private readonly NamePatterns _keepFloat32;
    private readonly HashSet<NamePattern> _used = [];

    public SelectionRules(CompressionRecipe recipe)
    {
        _recipe = recipe;
        _keepFloat32 = recipe is Float16Recipe float16 ? float16.KeepFloat32 : NamePatterns.None;
    }

    /// <summary>Whether the recipe has no patterns at all, so that nobody needs to be asked.</summary>
    public bool IsEmpty => _recipe.Include.IsEmpty && _recipe.Exclude.IsEmpty && _keepFloat32.IsEmpty;

    /// <summary>Patterns that have matched nothing so far.</summary>
    public IReadOnlyList<string> Unmatched => UnmatchedPatterns.Select(pattern => pattern.Text).ToArray();

    /// <summary>The same as patterns.</summary>
    public IReadOnlyList<NamePattern> UnmatchedPatterns => _recipe.Include.Patterns
        .Concat(_recipe.Exclude.Patterns)
        .Concat(_keepFloat32.Patterns)
        .Concat(_recipe is OptimizationRecipe optimization
            ? optimization.Steps.Concat(optimization.Activations is { } activations ? [activations.Operations] : []).SelectMany(step => step.OpTypes.Concat(step.OpNames)).Select(entry => entry.Pattern)
            : [])
        .Where(pattern => !_used.Contains(pattern))
        .ToArray();

    /// <summary>Why an operation, layer or weight is left alone; <see langword="null"/> when it is not.</summary>
    /// <param name="names">Its operation type, operation name and weight names.</param>
    public string? Reason(params string[] names)
    {
        // Every pattern is tried, so that one that only repeats another does not count as unmatched.
        NamePattern? keep = Match(_keepFloat32, names);
        NamePattern? exclude = Match(_recipe.Exclude, names);
        NamePattern? include = Match(_recipe.Include, names);
        return keep is not null ? $"kept FP32 by pattern '{keep}'"
            : exclude is not null ? $"excluded by pattern '{exclude}'"
            : include is null && !_recipe.Include.IsEmpty ? (_recipe.Include.AreNames ? "is not among the weights that were specified" : "matches no -Include pattern")
            : null;
    }

    /// <summary>Whether an Exclude pattern names a layer that would not be converted itself but go, which Include does not ask for.</summary>
    public bool IsExcluded(params string[] names) => Match(_recipe.Exclude, names) is not null;

    /// <summary>Notes that a pattern has matched something.</summary>
    public void MarkUsed(NamePattern pattern) => _used.Add(pattern);

    private NamePattern? Match(NamePatterns patterns, string[] names)
    {
        NamePattern? first = null;
        foreach (NamePattern pattern in patterns.Patterns)
        {
            if (names.Any(name => name.Length > 0 && pattern.IsMatch(name)))
            {
                _used.Add(pattern);
                first ??= pattern;
            }
        }

        return first;
    }
}
