using System;
using System.IO;
using System.Linq;
using CoreMLQuant.Tests.Support;
using Xunit;

namespace CoreMLQuant.Tests.Help;

/// <summary>
/// Every example of the help runs, and prints what its page says. Where it prints something else, the folder output has the page with what is printed
/// now: compare the two, and take it over when the new output is right.
/// </summary>
public sealed class HelpExampleTests(HelpSession session) : IClassFixture<HelpSession>
{
    // What stands for the folder that the examples run in.
    private const string Home = "/home/ana";

    public static TheoryData<string> Documents => new(HelpPage.Names.Select(name => $"help/{name}.md").Concat(["ABOUT.md", "CHOOSING.md"]));

    [Theory]
    [MemberData(nameof(Documents))]
    public void Examples_Run_PrintWhatTheDocumentSays(string document)
    {
        HelpPage page = HelpPage.Read(document);
        Assert.NotEmpty(page.Examples);
        string[] outputs = [.. page.Examples.Select(Printed)];
        string actual = page.With(outputs);
        string proposal = Path.Combine(Repository.Root, "output", document);
        Directory.CreateDirectory(Path.GetDirectoryName(proposal)!);
        File.Delete(proposal);
        if (actual != page.Text)
        {
            File.WriteAllText(proposal, actual);
        }

        Assert.All(page.Examples.Zip(outputs), example => Assert.True(
            example.First.Output == example.Second,
            $"'{example.First.Title}' in docs/{document} shows:\n{example.First.Output}\nbut prints:\n{example.Second}\noutput/{document} is the document with what is printed now."));
    }

    private string Printed(HelpExample example)
    {
        using var folder = new Workspace();
        folder.Add(Workspace.Package, "models/lama.mlpackage");
        folder.Add("gpt_tiny_iOS18/fp32.mlpackage", "models/gpt.mlpackage");
        folder.Add("photo_classifier/fp32.mlmodel", "models/SqueezeNet.mlmodel");
        folder.Add("detector/fp32.mlpackage", "detectors/yolo.mlpackage");
        folder.Add("compiled/classifier.mlmodelc", "app/classifier.mlmodelc");
        folder.AddPhoto("photos/cat.png");
        folder.AddPhoto("photos/dog.png");
        folder.AddText("broken.mlmodel", "This is no model.");
        folder.AddText("recipe.yaml", Recipe);
        folder.AddText("ranges.json", Workspace.Ranges);
        session.Session.SetLocation(folder.Root);

        string text = session.Session.Display($"& {{\n{example.Code}\n}}").ReplaceLineEndings("\n").Replace(folder.Root, Home, StringComparison.Ordinal);
        string[] lines = [.. text.Split('\n').Select(line => line.Contains(Home, StringComparison.Ordinal) ? line.TrimEnd().Replace('\\', '/') : line.TrimEnd())];
        return string.Concat(lines.SkipWhile(line => line.Length == 0).Reverse().SkipWhile(line => line.Length == 0).Reverse().Select(line => line + "\n"));
    }

    private const string Recipe = """
        steps:
          - config_type: OpMagnitudePrunerConfig
            global_config:
              target_sparsity: 0.5
            op_name_configs:
              "bl_0_*": null
          - config_type: OpLinearQuantizerConfig
            global_config:
              dtype: int8

        """;
}
