using System.Collections.Generic;
using CoreMLQuant.Elements;
using CoreMLQuant.Running;

namespace CoreMLQuant.Editing.Types;

/// <summary>What is to become of the type of an input or output; what is <see langword="null"/> stays. Written as text by <see cref="TypeText"/>.</summary>
public sealed record FeatureTypeEdit
{
    /// <summary>The text that it was read from.</summary>
    public required string Text { get; init; }

    /// <summary>Type of the elements of an array; an array is what it becomes.</summary>
    public ElementType? ElementType { get; init; }

    /// <summary>Color space of an image; an image is what it becomes.</summary>
    public ImageColorSpace? ColorSpace { get; init; }

    /// <summary>
    /// The shapes: one of fixed sizes or ranges, or several of fixed sizes, the first of which is the default. Of an image, each is its height and width.
    /// </summary>
    public IReadOnlyList<IReadOnlyList<SizeBounds>>? Shapes { get; init; }

    /// <summary>What the values of an image are multiplied by on their way into the model, or those of the model on their way into an image.</summary>
    public double? Scale { get; init; }

    /// <summary>What is added after that: one number, or one for each channel in the order of the color space.</summary>
    public IReadOnlyList<double>? Bias { get; init; }

    /// <summary>The value of every element of an input that is left out.</summary>
    public double? DefaultValue { get; init; }

    /// <summary>Whether an input may be left out.</summary>
    public bool? IsOptional { get; init; }
}
