namespace CoreMLQuant.Files;

/// <summary>A file or folder of a package.</summary>
/// <param name="Path">Path relative to the package, with <c>/</c>; empty for a single-file model.</param>
/// <param name="IsFolder">Whether it is a folder.</param>
/// <param name="Length">Bytes of the file, of what it leads to for a link.</param>
/// <param name="Modified">When it was last written, for comparing.</param>
internal sealed record PackageEntry(string Path, bool IsFolder, long Length, long Modified);
