using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;
using CoreMLQuant.Errors;
using CoreMLQuant.Formatting;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;

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
        Struct root = Parse(path);
        if (root.Fields.TryGetValue("specificationVersion", out Value? version) && version.KindCase == Value.KindOneofCase.NumberValue && version.NumberValue != model.SpecificationVersion)
        {
            throw Contradiction(path, FormattableString.Invariant($"the specification version is {version.NumberValue} here and {model.SpecificationVersion} in coremldata.bin."));
        }

        // Models of several functions describe each of them for itself.
        CheckNames(path, root, "inputSchema", model.Description.Input);
        CheckNames(path, root, "outputSchema", model.Description.Output);
    }

    private static void CheckNames(string path, Struct root, string schema, IReadOnlyCollection<Schema.FeatureDescription> features)
    {
        if (features.Count == 0 || !root.Fields.TryGetValue(schema, out Value? value) || value.KindCase != Value.KindOneofCase.ListValue)
        {
            return;
        }

        var told = new HashSet<string>(value.ListValue.Values
            .Select(feature => feature.StructValue?.Fields.TryGetValue("name", out Value? name) == true ? name.StringValue : string.Empty));
        if (!told.SetEquals(features.Select(feature => feature.Name)))
        {
            throw Contradiction(
                path,
                $"{schema} has '{Figures.Short(string.Join("', '", told), MaxShown)}'; coremldata.bin has '{Figures.Short(string.Join("', '", features.Select(feature => feature.Name)), MaxShown)}'.");
        }
    }

    // The file is a list of one object.
    private static Struct Parse(string path)
    {
        if (new FileInfo(path).Length > MaxLength)
        {
            throw Contradiction(path, "the file is far too long for metadata.");
        }

        try
        {
            ListValue list = new JsonParser(JsonParser.Settings.Default).Parse<ListValue>(File.ReadAllText(path, Encoding.UTF8));
            return list.Values.FirstOrDefault()?.StructValue ?? new Struct();
        }
        catch (Exception e) when (e is InvalidJsonException or InvalidProtocolBufferException or ArgumentException or InvalidOperationException)
        {
            throw new CoreMLFormatException(
                FormatRule.CompiledModel, path, $"is not a JSON list: {Figures.Short(e.Message.TrimEnd('.'), MaxShown)}.", "The compiled model is damaged. Copy it again.", innerException: e);
        }
    }

    private static CoreMLFormatException Contradiction(string path, string problem) => new(
        FormatRule.CompiledModel, path, problem, "The folder contains parts of different models. Copy the model again.");
}
