using System.Collections.Generic;
using System.Linq;

namespace CoreMLQuant.Onnx.Graphs;

/// <summary>A tensor of a graph that is being built. It gets its name last: from Core ML's value where it stands for one.</summary>
/// <param name="type">Element type.</param>
/// <param name="shape">Dimensions, -1 where unknown; <see langword="null"/> when not even the rank is known.</param>
internal sealed class OnnxValue(OnnxTensorType type, IReadOnlyList<long>? shape)
{
    /// <summary>Element type.</summary>
    public OnnxTensorType Type { get; } = type;

    /// <summary>Dimensions, -1 where unknown; <see langword="null"/> when not even the rank is known.</summary>
    public IReadOnlyList<long>? Shape { get; private set; } = shape;

    /// <summary>The name; empty until it is given one.</summary>
    public string Name { get; set; } = string.Empty;

    /// <summary>The node that makes it; <see langword="null"/> for inputs and initializers.</summary>
    public OnnxNode? Maker { get; set; }

    /// <summary>The graph whose input it is or whose node makes it; <see langword="null"/> for initializers, which all graphs see.</summary>
    public GraphBuilder? Graph { get; set; }

    /// <summary>The integers that it is known to hold; <see langword="null"/> when they are not known.</summary>
    public IReadOnlyList<long>? Known { get; init; }

    /// <summary>Number of dimensions; <see langword="null"/> when unknown.</summary>
    public int? Rank => Shape?.Count;

    /// <summary>Whether every dimension is known.</summary>
    public bool IsStatic => Shape is not null && Shape.All(dimension => dimension >= 0);

    /// <summary>Whether the elements are floats.</summary>
    public bool IsFloat => Type == OnnxTensorType.Float;

    /// <summary>A dimension; -1 when unknown.</summary>
    /// <exception cref="NotTranslatableException">There is no such axis.</exception>
    public long Dimension(int axis) => Shape is null ? -1 : Shape[ShapeArithmetic.Axis(axis, Shape.Count)];

    /// <summary>Takes over what the model declares where nothing better is known.</summary>
    public void Declare(IReadOnlyList<long> declared)
    {
        if (Shape is null)
        {
            Shape = declared;
        }
        else if (Shape.Count == declared.Count && !IsStatic)
        {
            Shape = Shape.Zip(declared, (own, other) => own >= 0 ? own : other).ToArray();
        }
    }

    /// <summary>Forgets the dimensions: a value that a loop carries may change them.</summary>
    public void ForgetSizes() => Shape = Shape?.Select(_ => -1L).ToArray();
}
