using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.RegularExpressions;
using CoreMLQuant.Tests.Support;
using Xunit;

namespace CoreMLQuant.Tests;

/// <summary>Holds what README.md, docs and samples say to what the module does.</summary>
public sealed partial class ReadmeTests : ModuleTest
{
    private const string Fixtures = "tests/fixtures/";

    // What the command line calls is not the session's: what it does is tested elsewhere, or takes minutes.
    private static readonly string[] NotRun = ["dotnet", "Import-Module"];

    private static readonly string Readme = Documents.Text("README.md");

    public static TheoryData<string, string> PowerShellExamples => Examples("powershell", _ => true);

    public static TheoryData<string, string> ShellExamples => Examples("sh", code => code.Contains("src/CoreMLQuant.Shell -- "));

    // The recipes that the documents show, each with the extension of its file.
    public static TheoryData<string, string> RecipeExamples
    {
        get
        {
            var examples = new TheoryData<string, string>();
            foreach ((string extension, string code) in Documents.FilesOf("*.md").SelectMany(path => RecipesIn(Documents.Text(path))))
            {
                examples.Add(extension, code);
            }

            return examples;
        }
    }

    public static TheoryData<string> DocumentPaths => new(Documents.FilesOf("*.md"));

    [Theory]
    [MemberData(nameof(PowerShellExamples))]
    public void PowerShellExample_RunsAndShowsWhatTheReadmeShows(string code, string shown)
    {
        Folder.Add(Workspace.Package, "models/lama.mlpackage");
        Folder.Add("compiled/classifier.mlmodelc", "app/classifier.mlmodelc");
        Folder.Add("photo_classifier/fp32.mlmodel", "SqueezeNet.mlmodel");
        Folder.Add("photo_classifier/linear8.mlmodel", "SqueezeNet_int8.mlmodel");
        Folder.AddPhoto("photos/cat.png");
        Folder.AddPhoto("photos/dog.png");
        Folder.AddText("recipe.yaml", Documents.Blocks("yaml", Readme).First().Code);
        Session.SetLocation(Folder.Root);

        string[] statements = ScriptParameters.Parse(code).EndBlock.Statements
            .Where(statement => !ScriptParameters.CommandsOf(statement).Any(command => NotRun.Contains(command.GetCommandName())))
            .Select(statement => statement.Extent.Text)
            .ToArray();
        Assert.NotEmpty(statements);

        if (shown.Length > 0)
        {
            AssertShows(shown, Session.Display(string.Join('\n', statements)));
            return;
        }

        foreach (string statement in statements)
        {
            CommandRun run = Run(statement);
            run.Clean();
            Assert.DoesNotContain(run.Warnings, warning => warning.Contains("match") || warning.Contains("No model"));
        }
    }

    [Theory]
    [MemberData(nameof(ShellExamples))]
    public void ShellExample_RunsAndShowsWhatTheReadmeShows(string code, string shown)
    {
        foreach (string line in code.Split('\n'))
        {
            string command = ShellCommand().Match(line).Groups[1].Value;
            Assert.NotEmpty(command);
            using var clone = new Workspace();
            foreach (string fixture in FixturePath().Matches(command).Select(match => match.Groups[1].Value))
            {
                clone.Add(fixture, Fixtures + fixture);
            }

            ShellRun run = ShellProcess.Run(clone.Root, null, null, $"{command} | Out-String -Width 120");

            Assert.True(run.ExitCode == 0, run.Error);
            AssertShows(shown, run.Output);
        }
    }

    [Theory]
    [MemberData(nameof(RecipeExamples))]
    public void RecipeExample_IsOne(string extension, string code)
    {
        string model = Folder.Add(Workspace.Package, "lama.mlpackage");
        string recipe = Folder.AddText("recipe." + extension, code);
        Run("Optimize-CoreMLModel $args[0] -Recipe $args[1] -AllowOpsetUpgrade", model, recipe).Clean();
        Assert.True(Directory.Exists(Folder["lama_optimized.mlpackage"]));
    }

    [Theory]
    [MemberData(nameof(DocumentPaths))]
    public void Document_NamesOnlyWhatExists(string path)
    {
        string text = Documents.Text(path);
        string[] cmdlets = Run("Get-Command -Module CoreMLQuant").Values("Name");
        Assert.All(ScriptParameters.CmdletName().Matches(text).Select(match => match.Value), name => Assert.Contains(name, cmdlets));

        // -File is the shell's own.
        HashSet<string> parameters = cmdlets.SelectMany(name => ScriptParameters.ParametersOf(Session, name)).Append("File").ToHashSet(StringComparer.OrdinalIgnoreCase);
        Assert.All(ParameterName().Matches(text).Select(match => match.Groups[1].Value), name => Assert.Contains(name, parameters));

        string folder = Path.GetDirectoryName(Path.Combine(Repository.Root, path))!;
        Assert.All(
            LocalLink().Matches(text).Select(match => Path.Combine(folder, match.Groups[1].Value)),
            link => Assert.True(Path.Exists(link), $"'{link}' does not exist."));
    }

    [Fact]
    public void Readme_NamesEveryCmdlet() =>
        Assert.All(Run("Get-Command -Module CoreMLQuant").Values("Name"), name => Assert.Contains($"`{name}`", Readme));

    [Fact]
    public void Examples_UseParametersThatExist()
    {
        Assert.All(Documents.Blocks("powershell", Readme).Select(block => block.Code), code => ScriptParameters.Require(Session, code));
        Assert.All(ShellCommand().Matches(Readme).Select(match => match.Groups[1].Value), code => ScriptParameters.Require(Session, code));
    }

    [Fact]
    public void Readme_ListsEveryErrorId()
    {
        string[] listed = Documents.Table(Readme, "Errors");
        string[] ids = ErrorIds().Concat(FormatRules()).Distinct().ToArray();
        Assert.Equal(ids.Order(StringComparer.Ordinal), listed.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Formats_ListsEveryRule() =>
        Assert.Equal(FormatRules().Order(StringComparer.Ordinal), Documents.Table(Documents.Text("docs/FORMATS.md"), "Rules and error ids").Order(StringComparer.Ordinal));

    [Fact]
    public void Readme_ListsEveryPropertyOfAResult()
    {
        string[] properties = Run("[CoreMLQuant.Conversion.ConversionResult].GetProperties().Name").Clean().Select(name => name.ToString()).ToArray();
        Assert.Equal(properties.Order(StringComparer.Ordinal), Documents.Table(Readme, "What the result says").Order(StringComparer.Ordinal));
    }

    [Fact]
    public void ContinuousIntegration_RunsTheReadmesTestCommand()
    {
        string command = Documents.Blocks("sh", Documents.Section(Readme, "Tests")).Single().Code;
        Assert.Contains(Documents.Text(".ci/run").Split('\n'), line => line.StartsWith(command + " ", StringComparison.Ordinal));
        Assert.Contains(command, Documents.Text("CONTRIBUTING.md"));
    }

    [GeneratedRegex("src/CoreMLQuant\\.Shell -- \"(.+)\"")]
    private static partial Regex ShellCommand();

    [GeneratedRegex("\\./tests/fixtures/([\\w./]+)")]
    private static partial Regex FixturePath();

    [GeneratedRegex("`-([A-Z]\\w+)")]
    private static partial Regex ParameterName();

    [GeneratedRegex("\\]\\((?!\\w+:)([^)#]+)")]
    private static partial Regex LocalLink();

    private static IEnumerable<(string Extension, string Code)> RecipesIn(string text) => new[] { "yaml", "json" }
        .SelectMany(language => Documents.Blocks(language, text).Select(block => (language, block.Code)));

    private static TheoryData<string, string> Examples(string language, Func<string, bool> isWanted)
    {
        var examples = new TheoryData<string, string>();
        foreach ((string code, string shown) in Documents.Blocks(language, Readme).Where(block => isWanted(block.Code)))
        {
            examples.Add(code, shown);
        }

        return examples;
    }

    private static void AssertShows(string expected, string actual)
    {
        string[] lines = actual.Split('\n').Select(line => line.TrimEnd()).ToArray();
        Assert.All(expected.Split('\n', StringSplitOptions.RemoveEmptyEntries), line => Assert.Contains(line.TrimEnd(), lines));
    }

    private string[] FormatRules() => Run("[Enum]::GetNames([CoreMLQuant.Errors.FormatRule])").Clean().Select(name => name.ToString()).ToArray();

    private string[] ErrorIds() => Run(
        "(Get-Command Get-CoreMLModel).ImplementingType.Assembly.GetType('CoreMLQuant.Errors.ErrorIds').GetFields().ForEach({ $_.GetRawConstantValue() })")
        .Clean().Select(id => id.ToString()).ToArray();
}
