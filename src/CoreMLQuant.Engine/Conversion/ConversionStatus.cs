namespace CoreMLQuant.Conversion;

/// <summary>How a conversion ended.</summary>
public enum ConversionStatus
{
    /// <summary>A new model was written.</summary>
    Converted,

    /// <summary>There was nothing to convert; nothing was written and Path is the source.</summary>
    Unchanged,
}
