using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;

namespace CoreMLQuant.Recipes.Files;

/// <summary>
/// Reads ranges of activations: a map of names to <c>rmin</c> and <c>rmax</c>, as coremltools calls them, in JSON or YAML or as somebody else has parsed it.
/// </summary>
public static class ActivationRangesFile
{
    private const string Minimum = "rmin";
    private const string Maximum = "rmax";

    // Models with tens of thousands of values exist, and a range takes some 80 bytes.
    private const int MaximumSize = 16 << 20;

    /// <summary>Reads a JSON or YAML file.</summary>
    /// <param name="path">Full path.</param>
    /// <exception cref="RecipeFileException">It does not hold ranges; every error is listed.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static ActivationRanges Read(string path) => FromTree(RecipeFile.ReadTree(path, MaximumSize), path);

    /// <summary>Reads what has been parsed already.</summary>
    /// <param name="root">The map of names to ranges.</param>
    /// <param name="source">What to call it in errors: its file.</param>
    /// <exception cref="RecipeFileException">It does not hold ranges; every error is listed.</exception>
    public static ActivationRanges FromTree(RecipeNode root, string source)
    {
        var errors = new RecipeErrors();
        ActivationRanges ranges = FromTree(root, source, string.Empty, errors);
        errors.ThrowIfAny(source);
        return ranges;
    }

    /// <summary>Reads a part of a recipe.</summary>
    internal static ActivationRanges FromTree(RecipeNode root, string source, string path, RecipeErrors errors)
    {
        var ranges = new Dictionary<string, ActivationRange>(StringComparer.Ordinal);
        if (root is not RecipeMap map)
        {
            errors.Add(root.Position, path, $"ranges must be a map of names to {Minimum} and {Maximum}, not {MapReader.Kind(root)}.");
            return new ActivationRanges(source, ranges);
        }

        foreach (RecipeEntry entry in new MapReader(map, path, errors).Unique)
        {
            string name = path.Length == 0 ? entry.Key : $"{path}.{entry.Key}";
            if (entry.Value is not RecipeMap range)
            {
                errors.Add(entry.Position, name, $"a range must be a map with {Minimum} and {Maximum}, not {MapReader.Kind(entry.Value)}.");
            }
            else if (range.Entries.Count > 0 && range.Entries.All(inner => inner.Value is RecipeMap))
            {
                errors.Add(entry.Position, name, $"a range must be a map with {Minimum} and {Maximum}, not a map of maps. The ranges of all functions and stages are in one map, by the names of their values.");
            }
            else if (Range(new MapReader(range, name, errors), errors) is { } found)
            {
                ranges.Add(entry.Key, found);
            }
        }

        return new ActivationRanges(source, ranges);
    }

    private static ActivationRange? Range(MapReader reader, RecipeErrors errors)
    {
        int before = errors.Count;
        double? minimum = reader.Number(Minimum), maximum = reader.Number(Maximum);
        reader.Finish("a range");
        if (errors.Count == before && (minimum is null || maximum is null))
        {
            reader.Refuse(minimum is null ? Minimum : Maximum, "the value is missing. A range has both.");
        }
        else if (minimum > maximum)
        {
            reader.Refuse(Minimum, $"it is greater than {Maximum}.");
        }

        return errors.Count == before ? new ActivationRange(minimum!.Value, maximum!.Value) : null;
    }
}
