namespace CoreMLQuant.Editing;

/// <summary>How an edit ended.</summary>
public enum EditStatus
{
    /// <summary>A new model was written.</summary>
    Edited,

    /// <summary>There was nothing to change; nothing was written and Path is the source.</summary>
    Unchanged,

    /// <summary>There was nothing to change, and Path is a copy of the source.</summary>
    Copied,

    /// <summary>The output existed and was not older than its source; nothing was read or written, and Path is that output.</summary>
    Skipped,
}
