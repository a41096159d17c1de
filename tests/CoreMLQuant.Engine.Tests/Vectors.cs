using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.Json;

namespace CoreMLQuant.Tests;

/// <summary>What coremltools itself reads from a fixture: see tests/fixtures/README.md.</summary>
internal static class Vectors
{
    private static readonly Dictionary<string, JsonElement> Cache = [];

    /// <summary>Every ML Program variant of every fixture, as (folder, variant).</summary>
    public static IEnumerable<(string Folder, string Variant)> Variants(Func<string, bool> isVariant) =>
        from folder in Directory.EnumerateDirectories(TestFiles.Fixture()).OrderBy(path => path, StringComparer.Ordinal)
        let vectors = Path.Combine(folder, "vectors.json")
        where File.Exists(vectors)
        from variant in Of(Path.GetFileName(folder)).EnumerateObject()
        where isVariant(variant.Name)
        select (Path.GetFileName(folder), variant.Name);

    /// <summary>The vectors of a fixture.</summary>
    public static JsonElement Of(string folder)
    {
        lock (Cache)
        {
            if (!Cache.TryGetValue(folder, out JsonElement vectors))
            {
                vectors = JsonDocument.Parse(File.ReadAllText(TestFiles.Fixture(folder, "vectors.json"))).RootElement;
                Cache.Add(folder, vectors);
            }

            return vectors;
        }
    }

    /// <summary>The functions of a variant, those of pipeline stages with the stage's index in front.</summary>
    public static IEnumerable<(string Name, JsonElement Function)> Functions(JsonElement variant)
    {
        if (variant.TryGetProperty("functions", out JsonElement functions))
        {
            foreach (JsonProperty function in functions.EnumerateObject())
            {
                yield return (function.Name, function.Value);
            }
        }

        if (variant.TryGetProperty("models", out JsonElement models))
        {
            int index = 0;
            foreach (JsonElement model in models.EnumerateArray())
            {
                foreach ((string name, JsonElement function) in Functions(model))
                {
                    yield return ($"{index}/{name}", function);
                }

                index++;
            }
        }
    }

    /// <summary>Operations as <c>type(output types)</c>, order as coremltools lists them.</summary>
    public static IEnumerable<string> Operations(JsonElement function) => function.GetProperty("ops").EnumerateArray().Select(operation =>
        $"{operation.GetProperty("op").GetString()}({string.Join(",", operation.GetProperty("out").EnumerateArray().Select(output => output[1].GetString()))})");
}
