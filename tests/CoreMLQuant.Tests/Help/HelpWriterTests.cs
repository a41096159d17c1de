using System;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Xml.Linq;
using CoreMLQuant.Tests.Support;
using Xunit;

namespace CoreMLQuant.Tests.Help;

/// <summary>The step of the build that writes the help, with other settings and documents than the build has.</summary>
public sealed class HelpWriterTests : IDisposable
{
    private const string Address = "https://example.org/help/";

    private readonly Workspace _folder = new();

    [Fact]
    public void Write_WithAnAddress_LinksEveryCmdletToItsPage()
    {
        (int exitCode, string error) = Write(Path.Combine(Repository.Root, "docs"), Address);

        Assert.Equal((0, string.Empty), (exitCode, error));
        XElement help = XElement.Load(_folder["en-US/CoreMLQuant.dll-Help.xml"]);
        string[] addresses = [.. help.Descendants().Where(element => element.Name.LocalName == "uri" && element.Value.Length > 0).Select(element => element.Value)];
        Assert.Equal(HelpFile.Cmdlets.Select(cmdlet => $"{Address}{cmdlet}.md"), addresses);
    }

    [Fact]
    public void Write_Twice_GivesTheSameBytes()
    {
        Write(Path.Combine(Repository.Root, "docs"), string.Empty);
        Assert.All(
            Directory.GetFiles(_folder["en-US"]),
            file => Assert.Equal(File.ReadAllBytes(Path.Combine(HelpFile.Folder, Path.GetFileName(file))), File.ReadAllBytes(file)));
    }

    [Fact]
    public void Write_WithoutPages_WritesWhatTheCodeSays()
    {
        Directory.CreateDirectory(_folder["docs"]);
        Assert.Equal((0, string.Empty), Write(_folder["docs"], string.Empty));
        Assert.Contains("Converts models to FP16", File.ReadAllText(_folder["en-US/CoreMLQuant.dll-Help.xml"]));
    }

    [Theory]
    [InlineData("Converts models.\n", "'# ConvertTo-Fp16Model'")]
    [InlineData("# Get-CoreMLModel\n\nDescribes models.\n", "'# ConvertTo-Fp16Model'")]
    [InlineData("# ConvertTo-Fp16Model\n\nConverts.\n\n## Examples\n\n### Convert\n\nText only.\n", "'Convert'")]
    public void Write_WithAPageOfAnotherForm_NamesThePageAndWhatIsExpected(string page, string expected)
    {
        string path = _folder.AddText("docs/help/ConvertTo-Fp16Model.md", page);
        (int exitCode, string error) = Write(_folder["docs"], string.Empty);
        Assert.Equal(1, exitCode);
        Assert.StartsWith(path + " : error HELP: ", error);
        Assert.Contains(expected, error);
    }

    [Fact]
    public void Write_OfADocumentThatIsATopic_WritesPlainTextWithSynopsis()
    {
        _folder.AddText(
            "docs/PLAIN.md",
            "<!-- about_Plain: Shows everything. -->\n# Plain\n\nA `code`, a [link](OTHER.md) and [another](https://example.org).\n\n## Lists\n\n1. one\n2. two\n\n| a | b |\n| --- | --- |\n| 1 | `x \\| y` |\n\n```sh\nrun  it\n```\n");
        _folder.AddText("docs/OTHER.md", "# Other\n\nNo topic.\n");

        Assert.Equal((0, string.Empty), Write(_folder["docs"], string.Empty));
        string[] expected =
        [
            "TOPIC", "    about_Plain", "", "SHORT DESCRIPTION", "    Shows everything.", "", "LONG DESCRIPTION", "    A code, a link and another (https://example.org).", "", "LISTS", "",
            "    1. one", "    2. two", "", "    a  b", "    -  -", "    1  x | y", "", "        run  it", "",
        ];
        Assert.Equal(expected, File.ReadAllText(_folder["en-US/about_Plain.help.txt"]).TrimEnd('\n').Split('\n').Append(""));
        Assert.Single(Directory.GetFiles(_folder["en-US"], "about_*"));
    }

    public void Dispose() => _folder.Dispose();

    private (int ExitCode, string Error) Write(string documents, string address)
    {
        string configuration = new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name;
        string Built(string project) => Path.Combine(Repository.Root, "src", project, "bin", configuration, "net10.0", project + ".dll");
        var start = new ProcessStartInfo("dotnet", [Built("CoreMLQuant.Help"), Built("CoreMLQuant"), documents, _folder["en-US"], address]) { RedirectStandardError = true };
        using Process process = Process.Start(start)!;
        string error = process.StandardError.ReadToEnd().TrimEnd();
        process.WaitForExit();
        return (process.ExitCode, error);
    }
}
