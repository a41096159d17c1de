using System.Collections.Generic;
using System.Linq;
using CoreMLQuant.Elements;

namespace CoreMLQuant.Onnx;

/// <summary>An input or output of a model, as Core ML names it, and the tensor of the graph that stands for it.</summary>
public sealed record OnnxFeature
{
    /// <summary>The feature's public name in Core ML.</summary>
    public required string Name { get; init; }

    /// <summary>The tensor's name in the graph.</summary>
    public required string TensorName { get; init; }

    /// <summary>The element type that the model declares, e.g. <see cref="ElementType.Float16"/>.</summary>
    public required ElementType ElementType { get; init; }

    /// <summary>The tensor's element type: <see cref="OnnxTensorType.Float"/> for every float, <see cref="OnnxTensorType.Int32"/> for every integer.</summary>
    public required OnnxTensorType TensorType { get; init; }

    /// <summary>The tensor's dimensions.</summary>
    public required IReadOnlyList<OnnxDimension> Shape { get; init; }

    /// <summary>What is in the tensor when the feature is an image; <see langword="null"/> for a multi-array.</summary>
    public OnnxImage? Image { get; init; }

    /// <summary>Whether a prediction may leave it out; <see cref="DefaultValue"/> then fills it.</summary>
    public bool IsOptional { get; init; }

    /// <summary>What fills an optional input that is left out.</summary>
    public double DefaultValue { get; init; }

    /// <summary>The shapes that the model enumerates; empty when it does not.</summary>
    public IReadOnlyList<IReadOnlyList<long>> EnumeratedShapes { get; init; } = [];

    /// <summary>Name, type and shape.</summary>
    public override string ToString() => $"{Name}: {ElementType} [{string.Join(", ", Shape.Select(dimension => dimension.ToString()))}]";
}

/// <summary>A dimension of an input or output.</summary>
/// <param name="Size">The size; for a flexible one the default size, or -1 where there is none.</param>
/// <param name="Symbol">The name of a flexible dimension in the graph; <see langword="null"/> for a fixed one.</param>
/// <param name="LowerBound">The least size.</param>
/// <param name="UpperBound">The largest size; -1 when unbounded.</param>
public sealed record OnnxDimension(long Size, string? Symbol, long LowerBound, long UpperBound)
{
    /// <summary>Whether the size is chosen with the input.</summary>
    public bool IsFlexible => Symbol is not null;

    /// <summary>A fixed dimension.</summary>
    public static OnnxDimension Fixed(long size) => new(size, null, size, size);

    /// <summary>The size or the symbol.</summary>
    public override string ToString() => Symbol ?? Size.ToString(System.Globalization.CultureInfo.InvariantCulture);
}

/// <summary>Order of an image's channels in the tensor.</summary>
public enum ImageColor
{
    /// <summary>One channel.</summary>
    Grayscale,

    /// <summary>Red, green, blue.</summary>
    Rgb,

    /// <summary>Blue, green, red.</summary>
    Bgr,
}

/// <summary>An image feature. The tensor holds channels, height and width last, values 0 to 255; what the model does to them first is in the graph.</summary>
/// <param name="Width">Width in pixels; the default one when flexible.</param>
/// <param name="Height">Height in pixels; the default one when flexible.</param>
/// <param name="Color">Order of the channels.</param>
public sealed record OnnxImage(long Width, long Height, ImageColor Color);

/// <summary>A state: an input of the graph that takes its value before a prediction, and an output that gives its value after it.</summary>
/// <param name="Name">The state's name in Core ML.</param>
/// <param name="InputTensor">The graph's input.</param>
/// <param name="OutputTensor">The graph's output; <see langword="null"/> when the function only reads the state.</param>
/// <param name="ElementType">The declared element type.</param>
/// <param name="TensorType">The tensors' element type.</param>
/// <param name="Shape">Dimensions. A state begins as zeros.</param>
public sealed record OnnxState(
    string Name, string InputTensor, string? OutputTensor, ElementType ElementType, OnnxTensorType TensorType, IReadOnlyList<long> Shape);

/// <summary>What a classifier's probabilities mean.</summary>
/// <param name="Labels">Labels in the order of the probabilities; numbers as text when <paramref name="HasNumberLabels"/>.</param>
/// <param name="HasNumberLabels">Whether the labels are 64-bit integers.</param>
/// <param name="PredictedFeatureName">The feature that gives the label.</param>
/// <param name="ProbabilitiesFeatureName">The feature that gives a dictionary of labels and probabilities; empty when there is none.</param>
/// <param name="ProbabilitiesTensor">The graph's output that holds the probabilities.</param>
public sealed record OnnxClassifier(
    IReadOnlyList<string> Labels, bool HasNumberLabels, string PredictedFeatureName, string ProbabilitiesFeatureName, string ProbabilitiesTensor);

/// <summary>An intermediate value of the model that can be tapped.</summary>
/// <param name="Name">The value's name in Core ML.</param>
/// <param name="TensorName">The tensor's name in the graph.</param>
/// <param name="Operation">The operation or layer that makes it.</param>
/// <param name="OperationType">Its type.</param>
/// <param name="ElementType">The declared element type.</param>
/// <param name="TensorType">The tensor's element type.</param>
/// <param name="Shape">Declared dimensions, -1 where unknown.</param>
public sealed record OnnxTap(
    string Name, string TensorName, string Operation, string OperationType, ElementType ElementType, OnnxTensorType TensorType, IReadOnlyList<long> Shape);
