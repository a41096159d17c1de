using CoreMLQuant.Tensors;

namespace CoreMLQuant.Coding;

/// <summary>A converted weight that knows its error once it has been written.</summary>
internal interface IMeasuredPart
{
    /// <summary>What the conversion cost.</summary>
    WeightError Error { get; }
}
