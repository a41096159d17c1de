using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using CoreMLQuant.Models;

namespace CoreMLQuant.Comparison;

/// <summary>
/// Pairs the weights of two models: what is surest first. Names come before places, because a place is counted and everything
/// before it counts; but a name alone, at another kind of operation, comes late, because converters number their constants
/// anew. Weights are pairs only when their values stand in the same order: their shapes are the same but for dimensions of 1.
/// </summary>
internal sealed class WeightPairs
{
    private readonly List<Entry> _reference;
    private readonly List<Entry> _difference;
    private readonly List<(Entry Reference, Entry Difference, WeightPairing PairedBy)> _pairs = [];

    /// <summary>Pairs the weights of two models.</summary>
    /// <param name="reference">Weights of the reference.</param>
    /// <param name="difference">Weights of the other model.</param>
    /// <param name="scopes">Which stages and functions stand for which.</param>
    public WeightPairs(IEnumerable<FoundWeight> reference, IEnumerable<FoundWeight> difference, ScopeMap scopes)
    {
        var known = new HashSet<(string, string)>(scopes.Pairs.Select(pair => pair.Reference));
        _reference = reference
            .Select((weight, index) => new Entry(weight, index, known.Contains((weight.Site.Stage, weight.Site.Function)) ? (weight.Site.Stage, weight.Site.Function) : null))
            .ToList();
        _difference = difference.Select((weight, index) => new Entry(weight, index, scopes.Find(weight.Site.Stage, weight.Site.Function))).ToList();
        var left = new Counterparts<Entry>(_reference, _difference);
        Take(left, WeightPairing.Name, entry => entry.Key(entry.Weight.Site.OpType, entry.Name));
        Take(left, WeightPairing.Name, entry => entry.Key(entry.FirstUse?.OpType, entry.Name));
        Take(left, WeightPairing.BaseName, entry => entry.Key(entry.FirstUse?.OpType, BaseNames.Of(entry.Name)));
        Take(left, WeightPairing.Consumer, entry => entry.FirstUse is { } use ? entry.Key(NamedPlace(use)) : null);
        Take(left, WeightPairing.Name, entry => entry.Key(entry.Name));
        Take(left, WeightPairing.BaseName, entry => entry.Key(BaseNames.Of(entry.Name)));
        Take(left, WeightPairing.BaseName, entry => entry.Key(entry.FirstUse?.OpType, BaseNames.WithoutNumber(entry.Name)), most: 1);
        Take(left, WeightPairing.Position, entry => entry.FirstUse is { } use ? entry.Key(CountedPlace(use)) : null);
        Take(left, WeightPairing.Position, entry => entry.FirstUse is { } use ? entry.Key(use.OpType, use.Parameter, Text(use.Argument)) : null);
        TakeShared(left);
        Left = left;
    }

    /// <summary>The pairs in the order of the reference.</summary>
    public IReadOnlyList<WeightPair> Found => _pairs
        .OrderBy(pair => pair.Reference.Index)
        .ThenBy(pair => pair.Difference.Index)
        .Select(pair => new WeightPair(pair.Reference.Weight, pair.Difference.Weight, pair.PairedBy))
        .ToArray();

    /// <summary>Weights of the reference without a counterpart, with the reason.</summary>
    public IEnumerable<UnpairedWeight> OnlyInReference => Alone(Left.Reference, _difference);

    /// <summary>Weights of the other model without a counterpart, with the reason.</summary>
    public IEnumerable<UnpairedWeight> OnlyInDifference => Alone(Left.Difference, _reference);

    private Counterparts<Entry> Left { get; }

    /// <summary>A weight as one without a counterpart.</summary>
    public static UnpairedWeight Unpaired(WeightSite site, string reason) =>
        new(site.Name, site.Stage, site.Function, site.OpType, site.Shape, site.EncodingName, site.ByteCount, reason);

    private void Take(Counterparts<Entry> left, WeightPairing by, Func<Entry, string?> keyOf, int most = int.MaxValue) =>
        _pairs.AddRange(left.Take(keyOf, most).Select(pair => (pair.Reference, pair.Difference, by)));

    // A constant that several operations share may be one for each in the other model, or the other way round: then each
    // counterpart is compared with the same weight.
    private void TakeShared(Counterparts<Entry> left)
    {
        if (left.Reference.Count == 0 && left.Difference.Count == 0)
        {
            return;
        }

        Dictionary<string, Entry> places = Places(_difference), referencePlaces = Places(_reference);
        var paired = new HashSet<Entry>();
        foreach (Entry entry in left.Reference)
        {
            if (Shared(entry, places) is { } found)
            {
                _pairs.Add((entry, found, WeightPairing.Consumer));
                paired.Add(found);
            }
        }

        foreach (Entry entry in left.Difference)
        {
            if (Shared(entry, referencePlaces) is { } found && !paired.Contains(entry))
            {
                _pairs.Add((found, entry, WeightPairing.Consumer));
            }
        }
    }

    private static Entry? Shared(Entry entry, Dictionary<string, Entry> places) => entry.Uses
        .Select(use => entry.Key(NamedPlace(use)))
        .Select(key => key is not null && places.TryGetValue(key, out Entry? found) ? found : null)
        .FirstOrDefault(found => found is not null);

    private static Dictionary<string, Entry> Places(IEnumerable<Entry> entries)
    {
        var places = new Dictionary<string, Entry>(StringComparer.Ordinal);
        foreach (Entry entry in entries)
        {
            foreach (string key in entry.Uses.Select(use => entry.Key(NamedPlace(use))).OfType<string>())
            {
                places[key] = entry;
            }
        }

        return places;
    }

    private IEnumerable<UnpairedWeight> Alone(IReadOnlyList<Entry> left, IEnumerable<Entry> others)
    {
        if (left.Count == 0)
        {
            return [];
        }

        var paired = new HashSet<Entry>(_pairs.SelectMany(pair => new[] { pair.Reference, pair.Difference }));
        ILookup<string, Entry> marks = others.Where(other => other.Scope is not null).SelectMany(Marks, (other, mark) => (other, mark)).ToLookup(pair => pair.mark, pair => pair.other);
        return left.Where(entry => !paired.Contains(entry)).Select(entry => Unpaired(entry.Weight.Site, Reason(entry, marks)));
    }

    private static string Reason(Entry entry, ILookup<string, Entry> marks)
    {
        WeightSite site = entry.Weight.Site;
        if (entry.Scope is null)
        {
            return $"the other model has no counterpart for {(site.Stage.Length > 0 ? $"stage '{site.Stage}'" : string.Empty)}"
                + $"{(site is { Stage.Length: > 0, Function.Length: > 0 } ? ", " : string.Empty)}{(site.Function.Length > 0 ? $"function '{site.Function}'" : string.Empty)}";
        }

        Entry[] others = Marks(entry).SelectMany(mark => marks[mark]).ToArray();
        return others.Length == 0 ? "the other model has no weight with this name or position"
            : others.FirstOrDefault(other => other.Shape != entry.Shape) is { } other ? $"its counterpart '{other.Name}' has the shape [{string.Join(", ", other.Weight.Site.Shape)}]"
            : $"cannot be distinguished from other weights named '{BaseNames.Of(entry.Name)}'";
    }

    // By what it can be known whatever its shape: its name and the places that take it.
    private static IEnumerable<string> Marks(Entry entry) => entry.Uses
        .Select(use => entry.Mark(NamedPlace(use)))
        .Prepend(entry.Mark(BaseNames.Of(entry.Name)));

    private static string[] NamedPlace(WeightUse use) => [use.OpType, BaseNames.Of(use.OpName), use.Parameter, Text(use.Argument)];

    private static string[] CountedPlace(WeightUse use) => [use.OpType, Text(use.Ordinal), use.Parameter, Text(use.Argument)];

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    /// <summary>A weight while its counterpart is looked for.</summary>
    private sealed class Entry(FoundWeight weight, int index, (string Stage, string Function)? scope)
    {
        // Most weights have their counterpart before their places are asked for.
        private IReadOnlyList<WeightUse>? _uses;

        public FoundWeight Weight { get; } = weight;

        public int Index { get; } = index;

        /// <summary>The reference's stage and function; <see langword="null"/> when the two models do not have them in common.</summary>
        public (string Stage, string Function)? Scope { get; } = scope;

        public string Name => Weight.Site.Name;

        public IReadOnlyList<WeightUse> Uses => _uses ??= Weight.Uses();

        public WeightUse? FirstUse => Uses.Count > 0 ? Uses[0] : null;

        /// <summary>Dimensions other than 1.</summary>
        public string Shape { get; } = string.Join("x", weight.Site.Shape.Where(dimension => dimension != 1));

        /// <summary>A key within the stage and function, for weights of the same shape.</summary>
        public string? Key(params string?[] parts) => Scope is null ? null : Shape + "\n" + Mark(parts);

        /// <summary>A key within the stage and function, for weights of any shape.</summary>
        public string Mark(params string?[] parts) => string.Join("\n", parts.Prepend(Scope?.Function).Prepend(Scope?.Stage));
    }
}
