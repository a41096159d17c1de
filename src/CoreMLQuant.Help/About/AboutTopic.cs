using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;
using System.Text.RegularExpressions;
using CoreMLQuant.Help.Markdown;
using Markdig.Syntax;

namespace CoreMLQuant.Help.About;

/// <summary>
/// A document that is also a topic of Get-Help. It says so in a comment in its first line, with the name of the topic and what it is about:
/// <c>&lt;!-- about_CoreMLQuant_Recipes: Describes recipes. --&gt;</c>
/// </summary>
/// <param name="name">Name of the topic.</param>
/// <param name="synopsis">What it is about, in one line.</param>
/// <param name="document">The document.</param>
internal sealed partial class AboutTopic(string name, string synopsis, MarkdownDocument document)
{
    /// <summary>Every document in a folder that is a topic.</summary>
    public static IEnumerable<AboutTopic> ReadAll(string folder) =>
        from path in Directory.EnumerateFiles(folder, "*.md").Order(System.StringComparer.Ordinal)
        let declared = Declaration().Match(File.ReadLines(path).FirstOrDefault() ?? string.Empty)
        where declared.Success
        select new AboutTopic(declared.Groups[1].Value, declared.Groups[2].Value, MarkdownFile.Read(path));

    /// <summary>Writes the topic into a folder of help files. Windows PowerShell reads it as UTF-8 only with a byte order mark.</summary>
    public void Save(string folder)
    {
        // PowerShell takes the fifth line for the synopsis.
        string[] head = ["TOPIC", "    " + name, string.Empty, "SHORT DESCRIPTION", "    " + synopsis, string.Empty, "LONG DESCRIPTION"];
        string text = string.Join("\n", head.Concat(AboutText.Lines(document))) + "\n";
        File.WriteAllText(Path.Combine(folder, name + ".help.txt"), text, new UTF8Encoding(encoderShouldEmitUTF8Identifier: true));
    }

    [GeneratedRegex("^<!-- (about_\\w+): (.+) -->$")]
    private static partial Regex Declaration();
}
