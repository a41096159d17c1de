using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using CoreMLQuant.Running;

namespace CoreMLQuant.Calibration.Files;

/// <summary>Which samples statistics are of. Samples are known by their names; their contents may be large and are not looked at.</summary>
/// <param name="Names">Names, in their order.</param>
/// <param name="Resize">How images were brought to another size; <see langword="null"/> when none had to be, or when a file does not tell.</param>
internal sealed record SampleIdentity(IReadOnlyList<string> Names, ImageResize? Resize)
{
    /// <summary>Number of samples.</summary>
    public int Count => Names.Count;

    /// <summary>Whether they are the same samples, as far as is known.</summary>
    public bool Matches(SampleIdentity other) => HasNamesOf(other) && (Resize is null || other.Resize is null || Resize == other.Resize);

    /// <summary>What they are beside samples that they do not match: <c>66 other samples</c>.</summary>
    public string Beside(SampleIdentity other) => HasNamesOf(other)
        ? $"samples that were resized in another way (-Resize {Resize})"
        : string.Format(CultureInfo.InvariantCulture, "{0} other {1}", Count, Count == 1 ? "sample" : "samples");

    private bool HasNamesOf(SampleIdentity other) => Names.SequenceEqual(other.Names, StringComparer.Ordinal);
}
