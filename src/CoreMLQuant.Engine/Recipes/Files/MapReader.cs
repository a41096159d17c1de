using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using CoreMLQuant.Formatting;

namespace CoreMLQuant.Recipes.Files;

/// <summary>
/// Reads the values of a map by name and type. What was asked for is what may be there: <see cref="Finish"/> reports the rest.
/// A value of the wrong kind is noted as an error and read as if it were not there. <c>null</c> is the same as not there.
/// </summary>
internal sealed class MapReader
{
    private readonly RecipeErrors _errors;
    private readonly List<RecipeEntry> _entries = [];
    private readonly Dictionary<string, RecipeEntry> _byKey = new(StringComparer.Ordinal);
    private readonly List<string> _known = [];

    public MapReader(RecipeMap map, string path, RecipeErrors errors)
    {
        Map = map;
        Path = path;
        _errors = errors;
        foreach (RecipeEntry entry in map.Entries)
        {
            if (Entry(entry.Key) is { } first)
            {
                string line = first.Position.Line > 0 ? $" on line {first.Position.Line.ToString(CultureInfo.InvariantCulture)}" : string.Empty;
                errors.Add(entry.Position, PathOf(entry.Key), $"the key is already defined{line}. Keep one of them.");
                continue;
            }

            _entries.Add(entry);
            _byKey.Add(entry.Key, entry);
        }
    }

    /// <summary>What is read.</summary>
    public RecipeMap Map { get; }

    /// <summary>Its keys from the top.</summary>
    public string Path { get; }

    /// <summary>Its entries, each key once.</summary>
    public IReadOnlyList<RecipeEntry> Unique => _entries;

    /// <summary>The path of one of its keys.</summary>
    public string PathOf(string key) => Path.Length == 0 ? key : $"{Path}.{key}";

    /// <summary>Notes an error of a key.</summary>
    public void Refuse(string key, string message) =>
        _errors.Add(Entry(key)?.Position ?? Map.Position, PathOf(key), message);

    /// <summary>Whether the key is there with a value.</summary>
    public bool Has(string key) => Value(key) is not null;

    /// <summary>The value of a key; <see langword="null"/> when there is none.</summary>
    public RecipeNode? Value(string key)
    {
        if (!_known.Contains(key))
        {
            _known.Add(key);
        }

        return Entry(key)?.Value is { } value and not RecipeScalar { Text: null } ? value : null;
    }

    /// <summary>A single value.</summary>
    public string? Text(string key)
    {
        RecipeNode? value = Value(key);
        if (value is null or RecipeScalar)
        {
            return ((RecipeScalar?)value)?.Text;
        }

        Refuse(key, $"the value must be a single value, not {Kind(value)}.");
        return null;
    }

    /// <summary>A whole number of at least <paramref name="minimum"/>.</summary>
    public int? Integer(string key, int minimum = 0)
    {
        string? text = Text(key);
        int? number = text is null ? null : Whole(text);
        if (text is not null && !(number >= minimum))
        {
            Refuse(key, $"'{text}' is not a whole number of {minimum.ToString(CultureInfo.InvariantCulture)} or more.");
            return null;
        }

        return number;
    }

    /// <summary>A finite number.</summary>
    public double? Number(string key)
    {
        string? text = Text(key);
        if (text is null)
        {
            return null;
        }

        if (double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) && !double.IsNaN(number) && !double.IsInfinity(number))
        {
            return number;
        }

        Refuse(key, $"'{text}' is not a finite number.");
        return null;
    }

    /// <summary>True or false.</summary>
    public bool? Flag(string key) => Text(key) switch
    {
        null => null,
        "true" or "True" or "TRUE" or "yes" or "Yes" or "YES" or "on" or "On" or "ON" => true,
        "false" or "False" or "FALSE" or "no" or "No" or "NO" or "off" or "Off" or "OFF" => false,
        var other => Refused<bool?>(key, $"'{other}' is neither true nor false."),
    };

    /// <summary>One of several words, in any case.</summary>
    public T? Choice<T>(string key, params (string Word, T Meaning)[] choices)
        where T : struct
    {
        string? text = Text(key);
        if (text is null)
        {
            return null;
        }

        foreach ((string word, T meaning) in choices)
        {
            if (word.Equals(text, StringComparison.OrdinalIgnoreCase))
            {
                return meaning;
            }
        }

        string[] words = choices.Select(choice => choice.Word).ToArray();
        return Refused<T?>(key, $"'{text}' is not one of {string.Join(", ", words)}.{DidYouMean(text, words)}");
    }

    /// <summary>Whole numbers: one, or a list of them. Each is at least 0.</summary>
    public IReadOnlyList<int>? Integers(string key)
    {
        RecipeNode? value = Value(key);
        if (value is null)
        {
            return null;
        }

        IReadOnlyList<RecipeNode> items = value is RecipeList list ? list.Items : [value];
        var numbers = new List<int>(items.Count);
        foreach (RecipeNode item in items)
        {
            if (item is not RecipeScalar { Text: { } text } || Whole(text) is not >= 0)
            {
                return Refused<IReadOnlyList<int>?>(key, $"the value must be a whole number of 0 or more, or a list of them, not {Kind(item)}.");
            }

            numbers.Add(Whole(text)!.Value);
        }

        return numbers;
    }

    /// <summary>Texts: one, or a list of them.</summary>
    public IReadOnlyList<string> Texts(string key)
    {
        RecipeNode? value = Value(key);
        IReadOnlyList<RecipeNode> items = value switch
        {
            null => [],
            RecipeList list => list.Items,
            _ => [value],
        };
        if (items.All(item => item is RecipeScalar { Text: not null }))
        {
            return items.Select(item => ((RecipeScalar)item).Text!).ToArray();
        }

        return Refused<IReadOnlyList<string>>(key, "the value must be a string or a list of strings.") ?? [];
    }

    /// <summary>The entries of a map that is a value; none when it is not there.</summary>
    public IReadOnlyList<RecipeEntry> Entries(string key) => Value(key) switch
    {
        null => [],

        // A reader of its own refuses what is there twice.
        RecipeMap map => new MapReader(map, PathOf(key), _errors).Unique,
        var other => Refused<IReadOnlyList<RecipeEntry>>(key, $"the value must be a map of names to configurations, not {Kind(other)}.") ?? [],
    };

    /// <summary>Reports every key that nobody asked for.</summary>
    /// <param name="what">What the map is, for the message.</param>
    public void Finish(string what)
    {
        foreach (RecipeEntry entry in _entries.Where(entry => !_known.Contains(entry.Key)))
        {
            string hint = DidYouMean(entry.Key, _known);
            _errors.Add(entry.Position, PathOf(entry.Key), $"'{entry.Key}' is not a key of {what}.{(hint.Length > 0 ? hint : $" The keys are {string.Join(", ", _known)}.")}");
        }
    }

    /// <summary>What a node is, in words.</summary>
    public static string Kind(RecipeNode node) => node switch
    {
        RecipeList => "a list",
        RecipeMap => "a map",
        RecipeScalar { Text: { } text } => $"'{text}'",
        _ => "nothing",
    };

    /// <summary>A question about the nearest of several words; empty when none is near.</summary>
    public static string DidYouMean(string text, IEnumerable<string> words) =>
        NearestName.Of(text, words) is { } nearest ? $" Did you mean '{nearest}'?" : string.Empty;

    private RecipeEntry? Entry(string key) => _byKey.TryGetValue(key, out RecipeEntry? entry) ? entry : null;

    private static int? Whole(string text) =>
        int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int number) ? number : null;

    private T? Refused<T>(string key, string message)
    {
        Refuse(key, message);
        return default;
    }
}
