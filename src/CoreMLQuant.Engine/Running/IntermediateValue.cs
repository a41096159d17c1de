using System.Collections.Generic;

namespace CoreMLQuant.Running;

/// <summary>A value of a running model that can be asked for.</summary>
/// <param name="Name">The model's own name for it.</param>
/// <param name="Shape">Dimensions as far as they are known, -1 where they are not; empty when nothing is.</param>
/// <param name="IsInput">Whether it is an input as the first operation sees it (an image after its preprocessing), and not the result of an operation.</param>
/// <param name="IsInner">Whether it is only there with <see cref="RunSettings.HasInnerValues"/>, by a name that the model does not have.</param>
public sealed record IntermediateValue(string Name, IReadOnlyList<long> Shape, bool IsInput = false, bool IsInner = false)
{
    /// <summary>The name.</summary>
    public override string ToString() => Name;
}
