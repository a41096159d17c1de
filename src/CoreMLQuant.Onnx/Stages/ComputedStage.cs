using System;
using System.Collections.Generic;

namespace CoreMLQuant.Onnx.Stages;

/// <summary>
/// A stage of a pipeline that is plain arithmetic and needs no graph. It takes features by name and adds its own: <see cref="StageArray"/>,
/// <see cref="double"/>, <see cref="long"/>, <see cref="string"/>, or a dictionary of texts and numbers, integer keys in their invariant spelling.
/// </summary>
internal sealed class ComputedStage(string kind, Action<StageFeatures> compute)
{
    /// <summary>The specification's name of its kind.</summary>
    public string Kind => kind;

    /// <summary>Computes the stage.</summary>
    /// <param name="values">The features that are there; takes those of the stage.</param>
    /// <exception cref="StageException">A feature is missing or not what the stage takes.</exception>
    public void Run(IDictionary<string, object> values) => compute(new StageFeatures(kind, values));
}

/// <summary>An array of numbers between stages.</summary>
/// <param name="Values">The numbers, last axis first.</param>
/// <param name="Shape">Dimensions.</param>
internal sealed record StageArray(double[] Values, IReadOnlyList<long> Shape);

/// <summary>A stage cannot compute what it was given.</summary>
/// <param name="message">What is wrong, one sentence.</param>
internal sealed class StageException(string message) : Exception(message);
