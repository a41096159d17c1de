using System.Globalization;

namespace CoreMLQuant.Editing.Types;

/// <summary>A size of an array or an image, or the range that it is in.</summary>
/// <param name="Lower">The least size.</param>
/// <param name="Upper">The largest size; <see cref="Unbounded"/> for none.</param>
public readonly record struct SizeBounds(long Lower, long Upper)
{
    /// <summary>No largest size; the format's own number for it.</summary>
    public const long Unbounded = -1;

    /// <summary>Whether there is one size only.</summary>
    public bool IsFixed => Lower == Upper;

    /// <summary>Whether a size is in the range.</summary>
    public bool Contains(long size) => size >= Lower && (Upper == Unbounded || size <= Upper);

    /// <summary>E.g. <c>224</c>, <c>32..256</c>, <c>1..</c>.</summary>
    public override string ToString() => IsFixed
        ? Lower.ToString(CultureInfo.InvariantCulture)
        : string.Format(CultureInfo.InvariantCulture, "{0}..{1}", Lower, Upper == Unbounded ? string.Empty : Upper);
}
