using System;
using System.IO;
using System.Linq;
using CoreMLQuant.Tests.Support;
using Xunit;

namespace CoreMLQuant.Tests.Help;

/// <summary>
/// Every example of the help runs, and prints what its page says. Where it prints something else, output/help has the page as it should be: compare the
/// two, and take it over when the new output is right.
/// </summary>
public sealed class HelpExampleTests(HelpSession session) : IClassFixture<HelpSession>
{
    // What stands for the folder that the examples run in.
    private const string Home = "/home/ana";

    public static TheoryData<string> Pages => new(HelpPage.Names);

    [Theory]
    [MemberData(nameof(Pages))]
    public void Examples_Run_PrintWhatThePageSays(string cmdlet)
    {
        HelpPage page = HelpPage.Read(cmdlet);
        Assert.True(page.Examples.Count >= 4, $"docs/help/{cmdlet}.md has {page.Examples.Count} examples; each page has at least four.");

        string[] outputs = [.. page.Examples.Select(Printed)];
        string actual = page.With(outputs);
        if (actual != page.Text)
        {
            string proposal = Path.Combine(Repository.Root, "output", "help", cmdlet + ".md");
            Directory.CreateDirectory(Path.GetDirectoryName(proposal)!);
            File.WriteAllText(proposal, actual);
        }

        Assert.All(page.Examples.Zip(outputs), example => Assert.Equal(example.First.Output, example.Second));
    }

    private string Printed(HelpExample example)
    {
        using var folder = new Workspace();
        folder.Add(Workspace.Package, "models/lama.mlpackage");
        folder.Add("gpt_tiny_iOS18/fp32.mlpackage", "models/gpt.mlpackage");
        folder.Add("photo_classifier/fp32.mlmodel", "models/SqueezeNet.mlmodel");
        folder.AddPhoto("photos/cat.png");
        folder.AddPhoto("photos/dog.png");
        folder.AddText("broken.mlmodel", "This is no model.");
        folder.AddText("recipe.yaml", Recipe);
        session.Session.SetLocation(folder.Root);

        string text = session.Session.Display(example.Code).ReplaceLineEndings("\n").Replace(folder.Root, Home, StringComparison.Ordinal);
        string[] lines = [.. text.Split('\n').Select(line => line.Contains(Home, StringComparison.Ordinal) ? line.TrimEnd().Replace('\\', '/') : line.TrimEnd())];
        return string.Concat(lines.SkipWhile(line => line.Length == 0).Reverse().SkipWhile(line => line.Length == 0).Reverse().Select(line => line + "\n"));
    }

    private const string Recipe = """
        steps:
          - config_type: OpMagnitudePrunerConfig
            global_config:
              target_sparsity: 0.5
            op_type_configs:
              gather: null
          - config_type: OpLinearQuantizerConfig
            global_config:
              dtype: int8

        """;
}
