using System.Collections.Generic;
using System.Linq;
using System.Text;

namespace CoreMLQuant.Files;

/// <summary>Makes a model package of a model that is none: a compiled one, or a single file.</summary>
internal static class PackageForm
{
    private const string Folder = PackageManifest.DataFolder + "/com.apple.CoreML";
    private const string WeightFolder = "weights";
    private const string SpecificationName = "model.mlmodel";

    // Identifiers need to differ within a package only; these do for every package, so that outputs are the same every time.
    private const string SpecificationIdentifier = "5B9F1C0E-6B1D-4C56-9A43-2F60E21C7A10";
    private const string WeightsIdentifier = "D2C5A7F4-0B7E-4E0B-8F1A-93B1C4E8D651";

    /// <summary>The form of a package with the source's specification and weight files.</summary>
    /// <param name="source">The source.</param>
    /// <param name="weightFiles">Relative paths of the weight files that its specification refers to.</param>
    public static OutputForm Of(ModelContainer source, IEnumerable<string> weightFiles)
    {
        var weights = new SortedDictionary<string, string>(System.StringComparer.Ordinal);
        foreach (string file in weightFiles.Distinct().OrderBy(file => file, System.StringComparer.Ordinal))
        {
            weights.Add(file, UniqueName(NameOf(file), weights.Values));
        }

        string specification = Folder + "/" + SpecificationName;
        var files = new List<OutputEntry> { new(specification, source.Specification) };
        files.AddRange(weights.Select(weight => new OutputEntry($"{Folder}/{WeightFolder}/{weight.Value}", weight.Key)));
        files.Add(new OutputEntry(PackageManifest.FileName, source.Specification, Manifest(weights.Count > 0)));
        string[] folders = [PackageManifest.DataFolder, Folder, .. weights.Count > 0 ? new[] { $"{Folder}/{WeightFolder}" } : []];
        return new OutputForm(
            IsPackage: true,
            specification,
            files,
            folders,
            weights.ToDictionary(weight => weight.Key, weight => $"{ModelContainer.ModelPathVariable}{WeightFolder}/{weight.Value}"));
    }

    // All weights of a package are in one folder: model0/weights/weight.bin is its 0-weight.bin, as coremltools names them.
    private static string NameOf(string file) => string.Join(
        "-",
        file.Split('/').Where(name => name != WeightFolder).Select(name => name.StartsWith("model", System.StringComparison.Ordinal) && int.TryParse(name.Substring(5), out _) ? name.Substring(5) : name));

    private static string UniqueName(string name, ICollection<string> taken)
    {
        string unique = name;
        for (int i = 1; taken.Contains(unique); i++)
        {
            unique = System.FormattableString.Invariant($"{i}-{name}");
        }

        return unique;
    }

    private static byte[] Manifest(bool hasWeights)
    {
        var text = new StringBuilder("{\n    \"fileFormatVersion\": \"1.0.0\",\n    \"itemInfoEntries\": {\n");
        text.Append(Item(SpecificationIdentifier, "CoreML Model Specification", SpecificationName));
        if (hasWeights)
        {
            text.Append(",\n").Append(Item(WeightsIdentifier, "CoreML Model Weights", WeightFolder));
        }

        text.Append("\n    },\n    \"rootModelIdentifier\": \"").Append(SpecificationIdentifier).Append("\"\n}\n");
        return Encoding.ASCII.GetBytes(text.ToString());
    }

    private static string Item(string identifier, string description, string name) =>
        $"        \"{identifier}\": {{\n            \"author\": \"com.apple.CoreML\",\n            \"description\": \"{description}\",\n"
        + $"            \"name\": \"{name}\",\n            \"path\": \"com.apple.CoreML/{name}\"\n        }}";
}
