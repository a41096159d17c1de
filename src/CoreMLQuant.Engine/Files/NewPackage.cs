using System.Text;

namespace CoreMLQuant.Files;

/// <summary>Names and manifest of a package that is made anew, as coremltools names them.</summary>
internal static class NewPackage
{
    /// <summary>Relative path of the specification.</summary>
    public const string Specification = Folder + "/" + SpecificationName;

    /// <summary>Relative path of the folder of weight files.</summary>
    public const string WeightFolder = Folder + "/" + WeightName;

    /// <summary>Name of the folder of weight files.</summary>
    public const string WeightName = "weights";

    private const string Folder = PackageManifest.DataFolder + "/com.apple.CoreML";
    private const string SpecificationName = "model.mlmodel";

    // Identifiers need to differ within a package only; these do for every package, so that outputs are the same every time.
    private const string SpecificationIdentifier = "5B9F1C0E-6B1D-4C56-9A43-2F60E21C7A10";
    private const string WeightsIdentifier = "D2C5A7F4-0B7E-4E0B-8F1A-93B1C4E8D651";

    /// <summary>What the specification calls a weight file.</summary>
    /// <param name="name">Its file name.</param>
    public static string Reference(string name) => $"{ModelContainer.ModelPathVariable}{WeightName}/{name}";

    /// <summary>Relative paths of the folders, each before what is in it.</summary>
    /// <param name="hasWeights">Whether there is a folder of weight files.</param>
    public static string[] Folders(bool hasWeights) => hasWeights ? [PackageManifest.DataFolder, Folder, WeightFolder] : [PackageManifest.DataFolder, Folder];

    /// <summary>The manifest.</summary>
    /// <param name="hasWeights">Whether there is a folder of weight files.</param>
    public static byte[] Manifest(bool hasWeights)
    {
        var text = new StringBuilder("{\n    \"fileFormatVersion\": \"1.0.0\",\n    \"itemInfoEntries\": {\n");
        text.Append(Item(SpecificationIdentifier, "CoreML Model Specification", SpecificationName));
        if (hasWeights)
        {
            text.Append(",\n").Append(Item(WeightsIdentifier, "CoreML Model Weights", WeightName));
        }

        text.Append("\n    },\n    \"rootModelIdentifier\": \"").Append(SpecificationIdentifier).Append("\"\n}\n");
        return Encoding.ASCII.GetBytes(text.ToString());
    }

    private static string Item(string identifier, string description, string name) =>
        $"        \"{identifier}\": {{\n            \"author\": \"com.apple.CoreML\",\n            \"description\": \"{description}\",\n"
        + $"            \"name\": \"{name}\",\n            \"path\": \"com.apple.CoreML/{name}\"\n        }}";
}
