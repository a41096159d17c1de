using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using CoreMLQuant.Running;

namespace CoreMLQuant.Calibration.Files;

/// <summary>Which samples statistics are of.</summary>
/// <param name="Names">Names, in their order.</param>
/// <param name="Resize">How images were brought to another size; <see langword="null"/> when none had to be, or when a file does not tell.</param>
/// <param name="Digest">Digest of their contents; <see langword="null"/> when a file does not tell.</param>
internal sealed record SampleIdentity(IReadOnlyList<string> Names, ImageResize? Resize, string? Digest = null)
{
    /// <summary>Number of samples.</summary>
    public int Count => Names.Count;

    /// <summary>Whether they are the same samples, as far as is known.</summary>
    public bool Matches(SampleIdentity other) => HasNamesOf(other) && HasResizeOf(other) && (Digest is null || other.Digest is null || Digest == other.Digest);

    /// <summary>What they are beside samples that they do not match: <c>66 other samples</c>.</summary>
    public string Beside(SampleIdentity other) => HasNamesOf(other)
        ? HasResizeOf(other) ? "samples of the same names with other contents" : $"samples that were resized in another way (-Resize {Resize})"
        : string.Format(CultureInfo.InvariantCulture, "{0} other {1}", Count, Count == 1 ? "sample" : "samples");

    private bool HasResizeOf(SampleIdentity other) => Resize is null || other.Resize is null || Resize == other.Resize;

    private bool HasNamesOf(SampleIdentity other) => Names.SequenceEqual(other.Names, StringComparer.Ordinal);
}
