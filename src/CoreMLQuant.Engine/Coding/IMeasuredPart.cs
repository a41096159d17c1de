using CoreMLQuant.Tensors;

namespace CoreMLQuant.Coding;

/// <summary>A converted weight that knows its error once it has been written.</summary>
internal interface IMeasuredPart
{
    /// <summary>What the conversion cost.</summary>
    WeightError Error { get; }

    /// <summary>What it cost at the output of the layer; <see langword="null"/> where that is not known.</summary>
    LayerError? LayerError { get; }

    /// <summary>What turned out when the weight was written and the reader should know; empty otherwise.</summary>
    string Remark { get; }
}
