using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;
using CoreMLQuant.Errors;
using CoreMLQuant.Formatting;

namespace CoreMLQuant.Files;

/// <summary>Manifest.json of a model package: which item is the specification. Keys and rules: Core ML model package 1.0.0.</summary>
internal sealed class PackageManifest
{
    /// <summary>The manifest's file name.</summary>
    public const string FileName = "Manifest.json";

    /// <summary>The folder that item paths are relative to.</summary>
    public const string DataFolder = "Data";

    private const long MaxLength = 16 << 20;
    private const int MaxShown = 100;

    // Core ML's reader asks for them; nothing here needs them.
    private static readonly string[] DescribingKeys = ["name", "author", "description"];

    private PackageManifest(string version, string rootItemPath, IReadOnlyList<string> itemPaths, IReadOnlyList<(string Item, string Key)> missingKeys)
    {
        Version = version;
        RootItemPath = rootItemPath;
        ItemPaths = itemPaths;
        MissingKeys = missingKeys;
    }

    /// <summary>The format's version, <c>1.x.y</c>.</summary>
    public string Version { get; }

    /// <summary>Path of the root specification, relative to the package, with <c>/</c>.</summary>
    public string RootItemPath { get; }

    /// <summary>Paths of all items, relative to the package, with <c>/</c>.</summary>
    public IReadOnlyList<string> ItemPaths { get; }

    /// <summary>Identifiers of items and the keys they lack, of those that describe an item without being needed to find it.</summary>
    public IReadOnlyList<(string Item, string Key)> MissingKeys { get; }

    /// <summary>Reads and checks a package's manifest; item paths are checked for form, not for existence.</summary>
    /// <exception cref="CoreMLFormatException">The manifest is missing or breaks a rule.</exception>
    public static PackageManifest Read(string packagePath)
    {
        string path = Path.Combine(packagePath, FileName);
        if (!File.Exists(path))
        {
            throw new CoreMLFormatException(
                FormatRule.InvalidManifest,
                path,
                "the package has no manifest.",
                "A model package is a folder that contains Manifest.json and Data. Copy the whole package.");
        }

        IReadOnlyDictionary<string, object?> root = Parse(path);
        string version = Text(path, root, "fileFormatVersion", "manifest");
        if (version.Split('.')[0] != "1")
        {
            throw Invalid(path, "manifest", $"file format version '{Shown(version)}' is not 1.x.");
        }

        string rootIdentifier = Text(path, root, "rootModelIdentifier", "manifest");
        IReadOnlyDictionary<string, object?> entries = root.TryGetValue("itemInfoEntries", out object? value) && value is IReadOnlyDictionary<string, object?> members
            ? members
            : throw Invalid(path, "manifest", "'itemInfoEntries' is missing or is not an object.");

        var items = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        var missing = new List<(string, string)>();
        foreach (KeyValuePair<string, object?> entry in entries)
        {
            string location = $"item {Shown(entry.Key)}";
            IReadOnlyDictionary<string, object?> item = entry.Value as IReadOnlyDictionary<string, object?> ?? throw Invalid(path, location, "is not an object.");
            items[entry.Key] = DataFolder + "/" + PackagePath.Check(Text(path, item, "path", location), path, location);
            missing.AddRange(DescribingKeys.Where(key => !item.TryGetValue(key, out object? text) || text is not string).Select(key => (entry.Key, key)));
        }

        return items.TryGetValue(rootIdentifier, out string? rootPath)
            ? new PackageManifest(version, rootPath, items.Values.ToArray(), missing)
            : throw Invalid(path, "manifest", $"'rootModelIdentifier' {Shown(rootIdentifier)} does not match an item.");
    }

    private static IReadOnlyDictionary<string, object?> Parse(string path)
    {
        var info = new FileInfo(path);
        if (info.Length > MaxLength)
        {
            throw Invalid(path, "manifest", $"is {info.Length} bytes long; a manifest usually has a few hundred.");
        }

        try
        {
            return JsonTree.Parse(File.ReadAllText(path, Encoding.UTF8)) as IReadOnlyDictionary<string, object?>
                ?? throw new FormatException("It holds another value.");
        }
        catch (FormatException e)
        {
            throw new CoreMLFormatException(
                FormatRule.InvalidManifest,
                path,
                $"is not a JSON object: {Shown(e.Message.TrimEnd('.'))}.",
                "The file is damaged. Copy the package again.",
                innerException: e);
        }
    }

    // A text of a hostile manifest can be megabytes long.
    private static string Shown(string text) => Figures.Short(text, MaxShown);

    private static string Text(string path, IReadOnlyDictionary<string, object?> source, string key, string location) =>
        source.TryGetValue(key, out object? value) && value is string text
            ? text
            : throw Invalid(path, location, $"'{key}' is missing or is not a string.");

    private static CoreMLFormatException Invalid(string path, string location, string problem) =>
        new(FormatRule.InvalidManifest, path, problem, "The file is damaged or was edited. Copy the package again.", location: location);
}
