namespace CoreMLQuant.Comparison;

/// <summary>By what two weights were found to be the same one.</summary>
public enum WeightPairing
{
    /// <summary>Stage, function and name.</summary>
    Name,

    /// <summary>The name without what converters append to it, e.g. <c>_palettized</c>, <c>_to_fp16</c>.</summary>
    BaseName,

    /// <summary>The operation that uses it, by that operation's name.</summary>
    Consumer,

    /// <summary>The operation that uses it, by its place among the operations of its type.</summary>
    Position,
}
