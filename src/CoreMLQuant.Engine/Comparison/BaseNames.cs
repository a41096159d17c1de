using System.Text.RegularExpressions;

namespace CoreMLQuant.Comparison;

/// <summary>Names without what coremltools appends to them when it compresses a weight or changes a precision.</summary>
internal static class BaseNames
{
    private const string Endings = "_quantized|_palettized|_sparsified|_pcs|_affine_dequantized|_promoted|_to_fp16|_to_fp32|_cast_to_fp32|_cast_fp16|_cast_fp32|_cast";

    private static readonly Regex Ending = new($"(?:{Endings})+$", RegexOptions.CultureInvariant | RegexOptions.RightToLeft);
    private static readonly Regex NumberedEnding = new($@"(?:{Endings}|_\d+)+$", RegexOptions.CultureInvariant | RegexOptions.RightToLeft);

    /// <summary>Without endings: <c>w_to_fp16_palettized</c> is <c>w</c>.</summary>
    public static string Of(string name) => Strip(Ending, name);

    /// <summary>Without numbers at the end as well, which make names unique: <c>w_1_to_fp16</c> is <c>w</c>.</summary>
    public static string WithoutNumber(string name) => Strip(NumberedEnding, name);

    private static string Strip(Regex ending, string name)
    {
        string stripped = ending.Replace(name, string.Empty);
        return stripped.Length == 0 ? name : stripped;
    }
}
