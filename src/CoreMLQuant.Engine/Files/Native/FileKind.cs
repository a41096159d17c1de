namespace CoreMLQuant.Files.Native;

/// <summary>What stands at a path.</summary>
internal enum FileKind
{
    /// <summary>An ordinary file.</summary>
    Regular,

    /// <summary>A folder.</summary>
    Folder,

    /// <summary>A symbolic link; on Windows any reparse point.</summary>
    Link,

    /// <summary>A FIFO, socket or device: opening it may wait for ever.</summary>
    Other,
}
