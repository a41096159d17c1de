using System;
using System.Collections.Generic;
using System.IO;
using System.IO.Compression;
using System.Linq;
using System.Text.Json;
using CoreMLQuant.Running;

namespace CoreMLQuant.Onnx.Tests;

/// <summary>The vectors in tests/fixtures/run: models with inputs and the outputs that they must give.</summary>
internal static class RunFixtures
{
    /// <summary>Folder of all fixtures.</summary>
    public static string Fixtures { get; } = Path.Combine(RepositoryRoot(), "tests", "fixtures");

    // One folder for a run of the tests, gone when it ends.
    private static string Scratch { get; } = MakeScratch();

    /// <summary>Unpacks an archive once.</summary>
    public static string Unpack(string archive)
    {
        lock (Scratch)
        {
            return UnpackOnce(archive);
        }
    }

    private static string UnpackOnce(string archive)
    {
        string folder = Path.Combine(Scratch, archive);
        if (!Directory.Exists(folder))
        {
            Directory.CreateDirectory(folder);
            ZipFile.ExtractToDirectory(Path.Combine(Fixtures, "run", archive + ".zip"), folder);

            // A package without weights has an empty folder for them, which neither Git nor an archive keeps.
            foreach (string data in Directory.EnumerateDirectories(folder, "com.apple.CoreML", SearchOption.AllDirectories))
            {
                Directory.CreateDirectory(Path.Combine(data, "weights"));
            }
        }

        return folder;
    }

    /// <summary>The cases of an archive that are ML Programs, or those that are not.</summary>
    public static IEnumerable<RunCase> Cases(string archive, bool programs) => Directory.EnumerateDirectories(Unpack(archive))
        .OrderBy(folder => folder, StringComparer.Ordinal)
        .Select(RunCase.Read)
        .Where(one => one.IsProgram == programs);

    /// <summary>The cases of an archive that do not pass.</summary>
    public static HashSet<string> NotPassing(string archive, RunArithmetic arithmetic) => File.ReadLines(Path.Combine(Fixtures, "run", "not-passing.tsv"))
        .Skip(1)
        .Select(line => line.Split('\t'))
        .Where(columns => columns[0] == archive && (columns[2] == "any" || columns[2] == arithmetic.ToString()))
        .Select(columns => columns[1])
        .ToHashSet(StringComparer.Ordinal);

    private static string MakeScratch()
    {
        string folder = Directory.CreateTempSubdirectory("coremlquant-run-").FullName;
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Directory.Delete(folder, recursive: true);
        return folder;
    }

    private static string RepositoryRoot()
    {
        string folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "CoreMLQuant.slnx")))
        {
            folder = Path.GetDirectoryName(folder)!;
        }

        return folder;
    }
}

/// <summary>A case of an archive.</summary>
internal sealed record RunCase(string Folder, JsonElement Description)
{
    private static readonly object Packing = new();

    public string Number => Path.GetFileName(Folder);

    public bool IsProgram => Description.GetProperty("kind").GetString() == "mlProgram";

    public string Test => Description.GetProperty("test").GetString()!;

    public bool IsHalf => Description.GetProperty("dtype").GetString() == "fp16";

    public double AbsoluteTolerance => Description.GetProperty("atol").GetDouble();

    public double RelativeTolerance => Description.GetProperty("rtol").GetDouble();

    /// <summary>Whether the original test looks at shapes; the numbers it always does.</summary>
    public bool HasStrictShape => !Description.TryGetProperty("strict_shape", out JsonElement strict) || strict.ValueKind != JsonValueKind.False;

    /// <summary>Share of values that the original test lets differ.</summary>
    public double MismatchRatio => Description.TryGetProperty("allow_mismatch_ratio", out JsonElement ratio) && ratio.ValueKind == JsonValueKind.Number ? ratio.GetDouble() : 0;

    /// <summary>Number of the call on a state that earlier cases of the same test began; <see langword="null"/> outside sequences.</summary>
    public int? Iteration => Description.TryGetProperty("iter", out JsonElement iteration) && iteration.ValueKind == JsonValueKind.Number ? iteration.GetInt32() : null;

    public static RunCase Read(string folder) => new(folder, JsonDocument.Parse(File.ReadAllText(Path.Combine(folder, "case.json"))).RootElement);

    public Dictionary<string, NpyArray> Inputs() => Arrays("inputs");

    public Dictionary<string, NpyArray> Outputs() => Arrays("outputs");

    /// <summary>The model as a package, which is what an ML Program with weights has to be.</summary>
    public string Package()
    {
        if (!IsProgram)
        {
            return Path.Combine(Folder, "model.mlmodel");
        }

        // Tests of several classes ask for it at the same time.
        lock (Packing)
        {
            return Pack();
        }
    }

    private string Pack()
    {
        string package = Path.Combine(Folder, "model.mlpackage"), data = Path.Combine(package, "Data", "com.apple.CoreML");
        if (Directory.Exists(package))
        {
            return package;
        }

        Directory.CreateDirectory(data);
        File.Copy(Path.Combine(Folder, "model.mlmodel"), Path.Combine(data, "model.mlmodel"));
        string weights = Path.Combine(Folder, "weights");
        string entries = Entry("model", "com.apple.CoreML/model.mlmodel", "model.mlmodel");
        if (Directory.Exists(weights))
        {
            Directory.CreateDirectory(Path.Combine(data, "weights"));
            foreach (string file in Directory.EnumerateFiles(weights))
            {
                File.Copy(file, Path.Combine(data, "weights", Path.GetFileName(file)));
            }

            entries += "," + Entry("weights", "com.apple.CoreML/weights", "weights");
        }

        File.WriteAllText(
            Path.Combine(package, "Manifest.json"),
            $$"""{"fileFormatVersion":"1.0.0","itemInfoEntries":{ {{entries}} },"rootModelIdentifier":"model"}""");
        return package;
    }

    private static string Entry(string identifier, string path, string name) =>
        $$"""
        "{{identifier}}":{"path":"{{path}}","name":"{{name}}","author":"com.apple.CoreML","description":""}
        """;

    private Dictionary<string, NpyArray> Arrays(string kind)
    {
        var arrays = new Dictionary<string, NpyArray>(StringComparer.Ordinal);
        foreach (JsonProperty feature in Description.GetProperty(kind).EnumerateObject())
        {
            if (feature.Value.TryGetProperty("file", out JsonElement file))
            {
                using FileStream stream = File.OpenRead(Path.Combine(Folder, file.GetString()!));
                arrays.Add(feature.Name, NpyArray.Read(stream));
            }
        }

        return arrays;
    }
}
