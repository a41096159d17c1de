using System.IO;
using CoreMLQuant.Files;
using CoreMLQuant.Specification;

namespace CoreMLQuant.Models;

/// <summary>
/// Looks at a model that has just been written, before it takes its place: every file has its planned length, and the
/// specification on the medium is well-formed down to the last message. The weights were measured as they were written.
/// </summary>
internal static class OutputCheck
{
    /// <summary>Checks a written model.</summary>
    /// <param name="model">What was to be written.</param>
    /// <param name="path">Where it was written.</param>
    /// <param name="specification">Relative path of its specification.</param>
    /// <exception cref="IOException">A file does not have its length.</exception>
    /// <exception cref="Errors.CoreMLFormatException">The specification is not well-formed.</exception>
    public static void Verify(OutputModel model, string path, string specification)
    {
        foreach ((string relativePath, FileLayout layout) in model.Files)
        {
            string file = relativePath.Length == 0 ? path : Path.Combine(path, relativePath);
            long length = new FileInfo(file).Length;
            if (length != layout.Length)
            {
                throw new IOException($"'{file}' has {length} bytes after writing instead of {layout.Length}. The destination was not changed.");
            }
        }

        using var written = new SourceFile(specification.Length == 0 ? path : Path.Combine(path, specification));
        SpecificationReader.Check(written);
    }
}
