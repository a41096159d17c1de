using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;
using CoreMLQuant.Errors;
using CoreMLQuant.Files;
using CoreMLQuant.Formatting;

namespace CoreMLQuant.Specification.Compiled;

/// <summary>
/// Holds what was read of a compiled model against its metadata.json, which tells the same for people: what was read wrongly, or is made
/// of parts of two models, does not agree with it.
/// </summary>
internal static class CompiledMetadata
{
    private const long MaxLength = 64 << 20;
    private const int MaxShown = 100;

    /// <summary>Checks a model against the file.</summary>
    /// <param name="path">Full path of metadata.json.</param>
    /// <param name="model">The model.</param>
    /// <exception cref="CoreMLFormatException">They tell of different models, or the file is no JSON.</exception>
    public static void Check(string path, Schema.Model model)
    {
        IReadOnlyDictionary<string, object?> root = Parse(path);
        if (root.TryGetValue("specificationVersion", out object? value) && value is double version && version != model.SpecificationVersion)
        {
            throw Contradiction(path, FormattableString.Invariant($"the specification version is {version} here and {model.SpecificationVersion} in coremldata.bin."));
        }

        // Models of several functions describe each of them for itself.
        CheckNames(path, root, "inputSchema", model.Description.Input);
        CheckNames(path, root, "outputSchema", model.Description.Output);
    }

    private static void CheckNames(string path, IReadOnlyDictionary<string, object?> root, string schema, IReadOnlyCollection<Schema.FeatureDescription> features)
    {
        if (features.Count == 0 || !root.TryGetValue(schema, out object? value) || value is not object?[] described)
        {
            return;
        }

        var told = new HashSet<string>(described
            .Select(feature => feature is IReadOnlyDictionary<string, object?> members && members.TryGetValue("name", out object? name) && name is string text ? text : string.Empty));
        if (!told.SetEquals(features.Select(feature => feature.Name)))
        {
            throw Contradiction(
                path,
                $"{schema} has '{Figures.Short(string.Join("', '", told), MaxShown)}'; coremldata.bin has '{Figures.Short(string.Join("', '", features.Select(feature => feature.Name)), MaxShown)}'.");
        }
    }

    // The file is a list of one object.
    private static IReadOnlyDictionary<string, object?> Parse(string path)
    {
        if (new FileInfo(path).Length > MaxLength)
        {
            throw Contradiction(path, "the file is far too long for metadata.");
        }

        try
        {
            object?[] list = JsonTree.Parse(File.ReadAllText(path, Encoding.UTF8)) as object?[] ?? throw new FormatException("It holds another value.");
            return list.FirstOrDefault() as IReadOnlyDictionary<string, object?> ?? new Dictionary<string, object?>();
        }
        catch (FormatException e)
        {
            throw new CoreMLFormatException(
                FormatRule.CompiledModel, path, $"is not a JSON list: {Figures.Short(e.Message.TrimEnd('.'), MaxShown)}.", "The compiled model is damaged. Copy it again.", innerException: e);
        }
    }

    private static CoreMLFormatException Contradiction(string path, string problem) => new(
        FormatRule.CompiledModel, path, problem, "The folder contains parts of different models. Copy the model again.");
}
