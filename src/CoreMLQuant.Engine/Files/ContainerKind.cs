namespace CoreMLQuant.Files;

/// <summary>How a model is kept in the file system.</summary>
internal enum ContainerKind
{
    /// <summary>An .mlmodel file.</summary>
    SingleFile,

    /// <summary>An .mlpackage folder, whose manifest says what is where.</summary>
    Package,

    /// <summary>An .mlmodelc folder, made by Core ML's compiler.</summary>
    Compiled,
}
