using System.IO;
using System.IO.Compression;
using System.Linq;

namespace CoreMLQuant.Tests;

/// <summary>Fixtures that are kept as an archive: one folder for each case.</summary>
internal static class FixtureArchive
{
    /// <summary>The text of an entry.</summary>
    public static string Text(string archive, string entry)
    {
        using ZipArchive zip = ZipFile.OpenRead(archive);
        using var reader = new StreamReader(zip.GetEntry(entry)!.Open());
        return reader.ReadToEnd();
    }

    /// <summary>Unpacks the folder of one case.</summary>
    /// <param name="archive">Path of the archive.</param>
    /// <param name="folder">The case.</param>
    /// <param name="scratch">Takes it.</param>
    /// <returns>Where it has been unpacked to.</returns>
    public static string Extract(string archive, string folder, ScratchFolder scratch)
    {
        using ZipArchive zip = ZipFile.OpenRead(archive);
        foreach (ZipArchiveEntry entry in zip.Entries.Where(entry => entry.FullName.StartsWith(folder + "/", System.StringComparison.Ordinal) && entry.Name.Length > 0))
        {
            string path = scratch.Combine(entry.FullName.Split('/'));
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            entry.ExtractToFile(path, overwrite: true);
        }

        return scratch.Combine(folder);
    }
}
