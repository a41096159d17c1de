using System.Collections.Generic;
using System.Linq;

namespace CoreMLQuant.Files;

/// <summary>Makes a model package of a model that is none: a compiled one, or a single file.</summary>
internal static class PackageForm
{
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

        var files = new List<OutputEntry> { new(NewPackage.Specification, source.Specification) };
        files.AddRange(weights.Select(weight => new OutputEntry($"{NewPackage.WeightFolder}/{weight.Value}", weight.Key)));
        files.Add(new OutputEntry(PackageManifest.FileName, source.Specification, NewPackage.Manifest(weights.Count > 0)));
        return new OutputForm(
            IsPackage: true,
            NewPackage.Specification,
            files,
            NewPackage.Folders(weights.Count > 0),
            weights.ToDictionary(weight => weight.Key, weight => NewPackage.Reference(weight.Value)));
    }

    // All weights of a package are in one folder: model0/weights/weight.bin is its 0-weight.bin, as coremltools names them.
    private static string NameOf(string file) => string.Join(
        "-",
        file.Split('/').Where(name => name != NewPackage.WeightName).Select(name => name.StartsWith("model", System.StringComparison.Ordinal) && int.TryParse(name.Substring(5), out _) ? name.Substring(5) : name));

    private static string UniqueName(string name, ICollection<string> taken)
    {
        string unique = name;
        for (int i = 1; taken.Contains(unique); i++)
        {
            unique = System.FormattableString.Invariant($"{i}-{name}");
        }

        return unique;
    }
}
