using System;
using System.IO;
using CoreMLQuant.Files;
using CoreMLQuant.Validation.Findings;

namespace CoreMLQuant.Validation.Interfaces;

/// <summary>What Core ML's reader asks of a manifest beyond what is needed to find the files.</summary>
internal static class ManifestRules
{
    private static readonly Version Newest = new(1, 0, 0);

    /// <summary>Checks a package's manifest; a single file has none.</summary>
    public static void Check(ModelContainer container, FindingList findings)
    {
        if (container.Kind != ContainerKind.Package || findings.Read(() => PackageManifest.Read(container.Path)) is not { } manifest)
        {
            return;
        }

        string file = Path.Combine(container.Path, PackageManifest.FileName);
        if (!Version.TryParse(manifest.Version, out Version? version) || version > Newest)
        {
            findings.Add(ValidationRule.NewerManifest, "fileFormatVersion", $"the format version is '{manifest.Version}'; Core ML reads up to 1.0.0.", file);
        }

        // Nothing refers to it, but Core ML's reader wants every item to exist.
        if (container.MissingWeightFolder is { } missing)
        {
            findings.Add(ModelContainer.MissingItem(container.Path, missing));
        }

        foreach ((string item, string key) in manifest.MissingKeys)
        {
            findings.Add(ValidationRule.IncompleteManifestItem, $"item {item}", $"the item has no '{key}'.", file);
        }
    }
}
