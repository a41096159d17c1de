using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.RegularExpressions;
using CoreMLQuant.Tests.Support;

namespace CoreMLQuant.Tests.Help;

/// <summary>A document with examples, such as the page of a cmdlet in docs/help.</summary>
internal sealed partial class HelpPage
{
    private HelpPage(string path) => Text = File.ReadAllText(path).ReplaceLineEndings("\n");

    public string Text { get; }

    /// <summary>The names of the cmdlets that have a page.</summary>
    public static string[] Names => [.. Directory.GetFiles(Path.Combine(Repository.Root, "docs", "help"), "*.md").Select(Path.GetFileNameWithoutExtension).OfType<string>().Order()];

    public IReadOnlyList<HelpExample> Examples => [.. Example().Matches(Text).Select(match => new HelpExample(match.Groups[1].Value, match.Groups[2].Value, match.Groups[3].Value))];

    /// <summary>Reads a page, or another document with examples.</summary>
    public static HelpPage Read(string document) => new(Path.Combine(Repository.Root, "docs", document));

    /// <summary>The page with other outputs of its examples, in their order.</summary>
    public string With(IReadOnlyList<string> outputs)
    {
        string page = Text;
        Group[] shown = [.. Example().Matches(Text).Select(match => match.Groups[3])];
        for (int i = shown.Length - 1; i >= 0; i--)
        {
            page = shown[i].Success ? page[..shown[i].Index] + outputs[i] + page[(shown[i].Index + shown[i].Length)..] : page;
        }

        return page;
    }

    [GeneratedRegex("^### (.+)\n(?:(?!#|```)[^\n]*\n)*```powershell\n((?:(?!```)[^\n]*\n)+)```\n(?:\n```text\n((?:(?!```)[^\n]*\n)*)```)?", RegexOptions.Multiline)]
    private static partial Regex Example();
}
