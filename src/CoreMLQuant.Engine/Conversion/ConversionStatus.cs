namespace CoreMLQuant.Conversion;

/// <summary>How a conversion ended.</summary>
public enum ConversionStatus
{
    /// <summary>A new model was written.</summary>
    Converted,

    /// <summary>There was nothing to convert; nothing was written and Path is the source.</summary>
    Unchanged,

    /// <summary>There was nothing to convert, and Path is a copy of the source.</summary>
    Copied,

    /// <summary>The output existed and was not older than its source; nothing was read or written, and Path is that output.</summary>
    Skipped,
}
