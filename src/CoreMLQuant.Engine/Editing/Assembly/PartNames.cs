using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;

namespace CoreMLQuant.Editing.Assembly;

/// <summary>Names of parts: of functions and stages, and of the files that they become.</summary>
internal static class PartNames
{
    private const char Substitute = '_';

    // What any system refuses in file names, so that a name is the same on all of them.
    private static readonly char[] NotInFileNames = ['/', '\\', ':', '*', '?', '"', '<', '>', '|'];

    /// <summary>Whether a text can name a function: letters, digits and underscores, and no digit first.</summary>
    public static bool IsIdentifier(string name) =>
        name.Length > 0 && name.All(c => c < 128 && (char.IsLetterOrDigit(c) || c == Substitute)) && !char.IsDigit(name[0]);

    /// <summary>What is put behind a model's name for a part of it.</summary>
    public static string FileSuffix(string part) =>
        "_" + new string(part.Select(c => char.IsControl(c) || Array.IndexOf(NotInFileNames, c) >= 0 ? Substitute : c).ToArray()).TrimEnd(' ', '.');

    /// <summary>A name for each model: that of its file, numbered where several have the same.</summary>
    public static IReadOnlyList<string> Of(IEnumerable<string> paths)
    {
        var names = new List<string>();
        foreach (string path in paths)
        {
            string name = Path.GetFileNameWithoutExtension(path), unique = name;
            for (int i = 2; names.Contains(unique); i++)
            {
                unique = FormattableString.Invariant($"{name}_{i}");
            }

            names.Add(unique);
        }

        return names;
    }
}
