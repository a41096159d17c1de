namespace CoreMLQuant.Running;

/// <summary>What an input or output of a model holds.</summary>
public enum FeatureKind
{
    /// <summary>Something that this module does not know.</summary>
    Unknown,

    /// <summary>Values with a shape.</summary>
    MultiArray,

    /// <summary>An image.</summary>
    Image,

    /// <summary>A 64-bit integer.</summary>
    Int64,

    /// <summary>A 64-bit float.</summary>
    Double,

    /// <summary>Text.</summary>
    String,

    /// <summary>Numbers by text or by integers.</summary>
    Dictionary,

    /// <summary>A list of texts or integers.</summary>
    Sequence,
}
