using System.Collections.Generic;
using System.IO;
using System.Linq;

namespace CoreMLQuant.Editing;

/// <summary>A file of class labels: one a line, in the order of the classes.</summary>
internal static class LabelFile
{
    /// <summary>The labels. Lines at the end that are empty are none.</summary>
    /// <param name="path">Full path.</param>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static IReadOnlyList<string> Read(string path)
    {
        string[] lines = File.ReadAllLines(path).Select(line => line.Trim()).ToArray();
        int count = lines.Length;
        while (count > 0 && lines[count - 1].Length == 0)
        {
            count--;
        }

        return lines.Take(count).ToArray();
    }
}
