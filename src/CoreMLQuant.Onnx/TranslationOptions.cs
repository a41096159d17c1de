using System.Collections.Generic;
using CoreMLQuant.Running;

namespace CoreMLQuant.Onnx;

/// <summary>How a model is translated.</summary>
public sealed record TranslationOptions
{
    /// <summary>The oldest opset of ONNX that translations are written in: the first with axes as inputs of reductions and <c>num_outputs</c> of Split.</summary>
    public const int OldestOpset = 18;

    /// <summary>The newest opset that translations are written in.</summary>
    public const int NewestOpset = 22;

    /// <summary>The function of an ML Program; <see langword="null"/> for the default one.</summary>
    public string? Function { get; init; }

    /// <summary>What becomes of FP16.</summary>
    public RunArithmetic Arithmetic { get; init; }

    /// <summary>Version of ONNX's operators, <see cref="OldestOpset"/> to <see cref="NewestOpset"/>.</summary>
    public int Opset { get; init; } = 21;

    /// <summary>
    /// Whether linearly quantized and palettized weights stay so, as <c>DequantizeLinear</c> and <c>Gather</c>, and FP16 ones as FP16: for a smaller
    /// file. A translation that needs a newer opset for that is written in it.
    /// </summary>
    public bool KeepsCompressed { get; init; }

    /// <summary>Whether the hidden states of recurrent operations can be tapped: nodes are added that hold the state before each step.</summary>
    public bool HasHiddenStates { get; init; }

    /// <summary>
    /// Names of values that the graph hands out although they are inside of branches and loops: those of <see cref="Mil.NestedValues"/> of an ML Program, and the inputs of layers of a NeuralNetwork, by
    /// <see cref="LayerInputNames"/>; <see langword="null"/> when none are even offered.
    /// </summary>
    public IReadOnlyCollection<string>? NestedValues { get; init; }
}
