using System.Collections.Generic;

namespace CoreMLQuant.Models;

/// <summary>A function of an ML Program.</summary>
/// <param name="Name">The function's name; <c>main</c> where there is only one.</param>
/// <param name="Opset">The opset it is written in, e.g. <c>CoreML7</c>.</param>
/// <param name="OperationCount">Operations in it, nested blocks included, constants not counted.</param>
/// <param name="Inputs">Its inputs.</param>
/// <param name="Outputs">Its outputs.</param>
/// <param name="States">Its states.</param>
public sealed record ModelFunction(
    string Name,
    string Opset,
    int OperationCount,
    IReadOnlyList<ModelFeature> Inputs,
    IReadOnlyList<ModelFeature> Outputs,
    IReadOnlyList<ModelFeature> States)
{
    /// <summary>Name and opset.</summary>
    public override string ToString() => $"{Name} ({Opset})";
}
