using System;
using System.Collections.Generic;

namespace CoreMLQuant.Running;

/// <summary>How a model is run.</summary>
public sealed record RunSettings
{
    /// <summary>Function of an ML Program; <see langword="null"/> for the default one.</summary>
    public string? Function { get; init; }

    /// <summary>Whether links may lead out of the model. Those within a package or a Hugging Face cache are followed in any case.</summary>
    public bool FollowLinks { get; init; }

    /// <summary>Precision of the arithmetic.</summary>
    public RunArithmetic Arithmetic { get; init; }

    /// <summary>Threads inside an operation. One gives the same bits every time; several need not.</summary>
    public int ThreadCount { get; init; } = 1;

    /// <summary>Longest time for one sample, and for opening the model, which gets some seconds at least; <see langword="null"/> for no limit.</summary>
    public TimeSpan? Timeout { get; init; }

    /// <summary>What becomes of images of another size.</summary>
    public ImageResize Resize { get; init; }

    /// <summary>Whether states go on from one sample to the next; otherwise each sample starts with fresh ones.</summary>
    public bool IsSequence { get; init; }

    /// <summary>Whether weights can be replaced from one sample to the next. Sessions then compute a little slower.</summary>
    public bool HasReplaceableWeights { get; init; }

    /// <summary>
    /// Whether inner values can be asked for as intermediate values: the hidden states of recurrent operations, by <see cref="HiddenStateNames"/>, values inside of the branches and loops of ML
    /// Programs, which have one more axis in front, of the times that their block ran, and what layers of NeuralNetworks take, by <see cref="LayerInputNames"/>.
    /// </summary>
    public bool HasInnerValues { get; init; }

    /// <summary>Intermediate values that are given beside the outputs, by the model's own names; those that the model does not have are left out.</summary>
    public IReadOnlyList<string> IntermediateValues { get; init; } = [];
}
