using System;
using System.Collections.Generic;
using CoreMLQuant.Recipes;

namespace CoreMLQuant.Mil.Activations;

/// <summary>The ranges of activations, and which of those that are needed are missing.</summary>
/// <param name="find">The range of a value by its name; <see langword="null"/> when it is not known.</param>
internal sealed class RequiredRanges(Func<string, ActivationRange?> find)
{
    // Stands where a range is missing until all are told; a plan is never made with it.
    private static readonly ActivationRange Placeholder = new(-1, 1);

    private readonly HashSet<string> _missing = new(StringComparer.Ordinal);
    private readonly List<string> _names = [];

    /// <summary>Names of values whose range is needed and not known, in the order in which they were asked for.</summary>
    public IReadOnlyList<string> Missing => _names;

    /// <summary>The range of a value.</summary>
    public ActivationRange? Find(string name) => find(name);

    /// <summary>The parameters of a value that gets a pair.</summary>
    public PairParameters Required(ActivationValue value, LinearQuantizationRecipe kind)
    {
        ActivationRange? range = find(value.Source!.Name);
        if (range is null && _missing.Add(value.Source.Name))
        {
            _names.Add(value.Source.Name);
        }

        return PairParameters.Of(range ?? Placeholder, kind, value.Source.ElementType);
    }

    /// <summary>The parameters of a value, if its range is known.</summary>
    public PairParameters? Known(ActivationValue value, LinearQuantizationRecipe kind) =>
        find(value.Source!.Name) is { } range ? PairParameters.Of(range, kind, value.Source.ElementType) : null;
}
