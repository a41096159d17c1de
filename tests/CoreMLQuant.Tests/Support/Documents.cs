using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.RegularExpressions;

namespace CoreMLQuant.Tests.Support;

/// <summary>The documents and samples of the repository, taken apart.</summary>
internal static partial class Documents
{
    /// <summary>The text of a file by its path in the repository, with line feeds.</summary>
    public static string Text(string path) => File.ReadAllText(Path.Combine(Repository.Root, path)).ReplaceLineEndings("\n");

    /// <summary>Paths of the documents or scripts of the root and of docs.</summary>
    public static IEnumerable<string> FilesOf(string pattern) => new[] { ".", "docs" }
        .SelectMany(folder => Directory.EnumerateFiles(
            Path.Combine(Repository.Root, folder), pattern, folder == "." ? SearchOption.TopDirectoryOnly : SearchOption.AllDirectories))
        .Select(path => Path.GetRelativePath(Repository.Root, path).Replace('\\', '/'))
        .Where(path => path != "build.ps1");

    /// <summary>The code blocks of a language, each with the text block that follows it and shows its output.</summary>
    public static IEnumerable<(string Code, string Shown)> Blocks(string language, string text)
    {
        (string Language, string Code)[] blocks = Fence().Matches(text).Select(match => (match.Groups[1].Value, match.Groups[2].Value)).ToArray();
        for (int i = 0; i < blocks.Length; i++)
        {
            if (blocks[i].Language == language)
            {
                yield return (blocks[i].Code, i + 1 < blocks.Length && blocks[i + 1].Language == "text" ? blocks[i + 1].Code : string.Empty);
            }
        }
    }

    /// <summary>A section under a heading of the second level.</summary>
    public static string Section(string text, string heading)
    {
        string section = text[text.IndexOf($"\n## {heading}\n", StringComparison.Ordinal)..];
        int next = section.IndexOf("\n## ", 1, StringComparison.Ordinal);
        return next < 0 ? section : section[..next];
    }

    /// <summary>The names in code quotes in the first column of a section's table.</summary>
    public static string[] Table(string text, string heading) => Section(text, heading).Split('\n')
        .Where(line => line.StartsWith("| `", StringComparison.Ordinal))
        .SelectMany(line => CodeWord().Matches(line.Split('|')[1]))
        .Select(match => match.Groups[1].Value)
        .ToArray();

    [GeneratedRegex("^```(\\w+)\n(.*?)\n```$", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Fence();

    [GeneratedRegex("`(\\w+)`")]
    private static partial Regex CodeWord();
}
