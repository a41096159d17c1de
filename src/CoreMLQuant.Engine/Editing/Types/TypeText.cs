using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text.RegularExpressions;
using CoreMLQuant.Editing.Plans;
using CoreMLQuant.Elements;
using CoreMLQuant.Running;

namespace CoreMLQuant.Editing.Types;

/// <summary>
/// Reads types as people write them, and as the module shows them: <c>Float32 [1, 3, 224, 224]</c>, <c>Float16</c>, <c>[1, 3, 32..256, 32..256]</c>,
/// <c>[1, 64] [1, 128]</c>, <c>Image RGB 224x224 scale=1/255 bias=-0.5</c>, <c>default=0</c>, <c>Optional</c>. Parts are separated by spaces, commas,
/// colons or semicolons; letters are upper or lower case.
/// </summary>
public static class TypeText
{
    private const string Remedy = "Examples: 'Float16', 'Float32 [1, 3, 32..256, 32..256]', 'Image RGB scale=1/255', 'Optional default=0'.";

    private static readonly Regex Part = new(@"\[[^\]]*\]|\w+=(\[[^\]]*\]|[^\s,:;]+)|[^\s,:;\[\]]+", RegexOptions.CultureInvariant);
    private static readonly Regex Size = new(@"^(?<width>\d+(\.\.\d*)?)x(?<height>\d+(\.\.\d*)?)$", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase);

    private static readonly Dictionary<string, ElementType> ElementTypes = new(StringComparer.OrdinalIgnoreCase)
    {
        ["Float16"] = ElementType.Float16,
        ["Float32"] = ElementType.Float32,
        ["Float"] = ElementType.Float32,
        ["Double"] = ElementType.Float64,
        ["Float64"] = ElementType.Float64,
        ["Int32"] = ElementType.Int32,
    };

    private static readonly Dictionary<string, ImageColorSpace> ColorSpaces = new(StringComparer.OrdinalIgnoreCase)
    {
        ["RGB"] = ImageColorSpace.Rgb,
        ["BGR"] = ImageColorSpace.Bgr,
        ["Grayscale"] = ImageColorSpace.Grayscale,
        ["Grayscale_Float16"] = ImageColorSpace.GrayscaleFloat16,
        ["GrayscaleFloat16"] = ImageColorSpace.GrayscaleFloat16,
    };

    /// <summary>Reads a type.</summary>
    /// <param name="text">The text.</param>
    /// <exception cref="EditException">The text is no type.</exception>
    public static FeatureTypeEdit Parse(string text)
    {
        var edit = new FeatureTypeEdit { Text = text };
        foreach (Match match in Part.Matches(text))
        {
            edit = With(edit, match.Value);
        }

        if (edit == new FeatureTypeEdit { Text = text })
        {
            throw Wrong(text, "it says nothing");
        }

        if (edit.ColorSpace is null && (edit.Scale is not null || edit.Bias is not null))
        {
            throw Wrong(text, "scale and bias are those of an image, and it names no color space");
        }

        return edit.ColorSpace is not null && edit.ElementType is not null ? throw Wrong(text, "an image has no element type") : edit;
    }

    private static FeatureTypeEdit With(FeatureTypeEdit edit, string part)
    {
        string text = edit.Text;
        if (part.Equals("Image", StringComparison.OrdinalIgnoreCase))
        {
            // Without a color space it is one of three channels, as most are.
            return edit with { ColorSpace = edit.ColorSpace ?? ImageColorSpace.Rgb };
        }

        // The module shows it in two words.
        if (edit.ColorSpace == ImageColorSpace.Grayscale && part.Equals("Float16", StringComparison.OrdinalIgnoreCase))
        {
            return edit with { ColorSpace = ImageColorSpace.GrayscaleFloat16 };
        }

        if (ColorSpaces.TryGetValue(part, out ImageColorSpace space))
        {
            return edit with { ColorSpace = space };
        }

        if (ElementTypes.TryGetValue(part, out ElementType type))
        {
            return edit with { ElementType = type };
        }

        if (part[0] == '[')
        {
            return WithShape(edit, part.Substring(1, part.Length - 2).Split([',', ' '], StringSplitOptions.RemoveEmptyEntries).Select(size => Bounds(text, size)).ToArray());
        }

        if (Size.Match(part) is { Success: true } size)
        {
            return WithShape(edit, [Bounds(text, size.Groups["height"].Value), Bounds(text, size.Groups["width"].Value)]);
        }

        return part.ToUpperInvariant() switch
        {
            "OPTIONAL" => edit with { IsOptional = true },
            "REQUIRED" => edit with { IsOptional = false },
            "OR" or "|" => edit,
            _ => part.IndexOf('=') is > 0 and var at ? WithValue(edit, part.Substring(0, at), part.Substring(at + 1)) : throw Wrong(text, $"'{part}' is not known"),
        };
    }

    private static FeatureTypeEdit WithShape(FeatureTypeEdit edit, IReadOnlyList<SizeBounds> shape)
    {
        IReadOnlyList<SizeBounds>[] shapes = [.. edit.Shapes ?? [], shape];
        return shapes.Length > 1 && shapes.Any(one => one.Any(size => !size.IsFixed)) ? throw Wrong(edit.Text, "one of several shapes has a range; specify one shape of ranges, or several of fixed sizes")
            : shapes.Any(one => one.Count != shape.Count) ? throw Wrong(edit.Text, "its shapes have different numbers of dimensions")
            : edit with { Shapes = shapes };
    }

    private static FeatureTypeEdit WithValue(FeatureTypeEdit edit, string name, string value) => name.ToUpperInvariant() switch
    {
        "SCALE" => edit with { Scale = Number(edit.Text, value) },
        "BIAS" => edit with { Bias = value.Trim('[', ']').Split([',', ' '], StringSplitOptions.RemoveEmptyEntries).Select(number => Number(edit.Text, number)).ToArray() },
        "DEFAULT" => edit with { DefaultValue = Number(edit.Text, value), IsOptional = edit.IsOptional ?? true },
        _ => throw Wrong(edit.Text, $"'{name}' is not known"),
    };

    private static SizeBounds Bounds(string text, string size)
    {
        int at = size.IndexOf("..", StringComparison.Ordinal);
        long lower = Whole(text, at < 0 ? size : size.Substring(0, at));
        long upper = at < 0 ? lower : at + 2 == size.Length ? SizeBounds.Unbounded : Whole(text, size.Substring(at + 2));
        return upper != SizeBounds.Unbounded && upper < lower ? throw Wrong(text, $"the range '{size}' ends before it begins") : new SizeBounds(lower, upper);
    }

    private static long Whole(string text, string number) =>
        long.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out long value) && value is > 0 and <= int.MaxValue ? value : throw Wrong(text, $"'{number}' is not a size");

    // 1/255 says what it means better than its digits do.
    private static double Number(string text, string number)
    {
        string[] parts = number.Split('/');
        double[] values = parts.Select(part => double.TryParse(part, NumberStyles.Float, CultureInfo.InvariantCulture, out double value) ? value : throw Wrong(text, $"'{number}' is not a number")).ToArray();
        double result = values.Length switch
        {
            1 => values[0],
            2 => values[0] / values[1],
            _ => double.NaN,
        };
        return double.IsNaN(result) || double.IsInfinity(result) ? throw Wrong(text, $"'{number}' is not a number") : result;
    }

    private static EditException Wrong(string text, string problem) => new($"'{text}' is not a type: {problem}.", Remedy);
}
