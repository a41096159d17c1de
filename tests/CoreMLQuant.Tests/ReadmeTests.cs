using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Management.Automation;
using System.Management.Automation.Language;
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

    private static readonly string Readme = Text("README.md");

    public static TheoryData<string, string> PowerShellExamples => Examples("powershell", _ => true);

    public static TheoryData<string, string> ShellExamples => Examples("sh", code => code.Contains("src/CoreMLQuant.Shell -- "));

    // The recipes that the documents show, each with the extension of its file.
    public static TheoryData<string, string> RecipeExamples
    {
        get
        {
            var examples = new TheoryData<string, string>();
            foreach ((string extension, string code) in FilesOf("*.md").SelectMany(path => RecipesIn(Text(path))))
            {
                examples.Add(extension, code);
            }

            return examples;
        }
    }

    public static TheoryData<string> Documents => new(FilesOf("*.md"));

    public static TheoryData<string> Samples => new(FilesOf("*.ps1"));

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
        Folder.AddText("recipe.yaml", Blocks("yaml").First().Code);
        Session.SetLocation(Folder.Root);

        string[] statements = Parse(code).EndBlock.Statements
            .Where(statement => !CommandsOf(statement).Any(command => NotRun.Contains(command.GetCommandName())))
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
    [MemberData(nameof(Documents))]
    public void Document_NamesOnlyWhatExists(string path)
    {
        string text = Text(path);
        string[] cmdlets = Run("Get-Command -Module CoreMLQuant").Values("Name");
        Assert.All(CmdletName().Matches(text).Select(match => match.Value), name => Assert.Contains(name, cmdlets));

        // -File is the shell's own.
        HashSet<string> parameters = cmdlets.SelectMany(ParametersOf).Append("File").ToHashSet(StringComparer.OrdinalIgnoreCase);
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
        Assert.All(Blocks("powershell").Select(block => block.Code), AssertParametersExist);
        Assert.All(ShellCommand().Matches(Readme).Select(match => match.Groups[1].Value), AssertParametersExist);
    }

    [Fact]
    public void Readme_ListsEveryErrorId()
    {
        string[] listed = Table(Readme, "Errors");
        string[] ids = ErrorIds().Concat(FormatRules()).Distinct().ToArray();
        Assert.Equal(ids.Order(StringComparer.Ordinal), listed.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Formats_ListsEveryRule() =>
        Assert.Equal(FormatRules().Order(StringComparer.Ordinal), Table(Text("docs/FORMATS.md"), "Rules and error ids").Order(StringComparer.Ordinal));

    [Fact]
    public void Readme_ListsEveryPropertyOfAResult()
    {
        string[] properties = Run("[CoreMLQuant.Conversion.ConversionResult].GetProperties().Name").Clean().Select(name => name.ToString()).ToArray();
        Assert.Equal(properties.Order(StringComparer.Ordinal), Table(Readme, "What the result says").Order(StringComparer.Ordinal));
    }

    [Fact]
    public void ContinuousIntegration_RunsTheReadmesTestCommand()
    {
        string command = Blocks("sh", Section(Readme, "Tests")).Single().Code;
        Assert.Contains(Text(".ci/run").Split('\n'), line => line.StartsWith(command + " ", StringComparison.Ordinal));
        Assert.Contains(command, Text("CONTRIBUTING.md"));
    }

    [Theory]
    [MemberData(nameof(Samples))]
    public void Sample_IsAsciiAndUsesParametersThatExist(string path)
    {
        string text = Text(path);
        Assert.True(text.All(char.IsAscii), "Windows PowerShell 5.1 reads scripts without a byte order mark as ANSI.");
        AssertParametersExist(text);
        string help = Parse(text).GetHelpContent().Examples.Single();
        AssertParametersExist(help);
        AssertParametersExist(ShellCall().Match(text).Groups[1].Value);
    }

    [Fact]
    public void FindCandidates_ListsTheLargestSavingFirst()
    {
        Folder.Add(Workspace.Network, "models/network.mlmodel");
        string package = Folder.Add(Workspace.Package, "models/deep/package.mlpackage");
        Folder.Add(Workspace.Half, "models/half.mlpackage");
        string script = Path.Combine(Repository.Root, "docs", "samples", "find-candidates.ps1");

        CommandRun run = Run("& $args[0] $args[1]", script, Folder["models"]);
        run.Clean();
        Assert.Equal(["package.mlpackage", "network.mlmodel"], run.Values("Model"));

        // The estimate is what a conversion saves, but for a few casts.
        CommandRun converted = Run("& $args[0] $args[1] -MinimumSaving 100KB | ConvertTo-Fp16Model -DestinationPath $args[2]", script, Folder["models"], Folder["out"]);
        converted.Clean();
        Assert.Equal([package], converted.Values("SourcePath"));
        dynamic result = converted.Output[0].BaseObject;
        long saving = (long)run.Output[0].Properties["Saving"].Value;
        Assert.InRange((long)(result.Before - result.After), saving * 0.95, saving);
    }

    [Fact]
    public void ConvertFolder_MirrorsTheTree_AndFailsForOneBadModel()
    {
        Folder.Add(Workspace.Package, "models/a.mlpackage");
        Folder.Add(Workspace.NewerNetwork, "models/deep/b.mlmodel");
        string[] arguments = ["-File", Path.Combine(Repository.Root, "docs", "samples", "convert-folder.ps1"), "models", "models/out", "-MinimumSnr", "60"];

        ShellRun run = ShellProcess.Run(Folder.Root, null, null, arguments);
        Assert.Equal((0, string.Empty), (run.ExitCode, run.Error));
        Assert.True(Directory.Exists(Folder["models/out/a_fp16.mlpackage"]));
        Assert.True(File.Exists(Folder["models/out/deep/b_fp16.mlmodel"]));

        Folder.AddText("bad/bad.mlmodel", "This is no model.");
        run = ShellProcess.Run(Folder.Root, null, null, [.. arguments[..2], "bad", "out"]);
        Assert.Equal(1, run.ExitCode);
        Assert.Contains("NotAModel", run.Output);
    }

    [Theory]
    [InlineData("-MinimumSnr 60 -Force", 0, "")]
    [InlineData("-MinimumSnr 60 -WeightsOnly -KeepFloat32 linear, softmax -Force", 0, "")]
    [InlineData("-MinimumSnr 200 -Force", 1, "SnrTooLow")]
    [InlineData("", 1, "DestinationExists")]
    public void ConvertFolder_TellsProblemsByRowAndExitCode(string arguments, int exitCode, string problem)
    {
        Folder.Add(Workspace.Package, "models/a.mlpackage");
        Folder.Add(Workspace.Package, "out/a_fp16.mlpackage");
        string script = Path.Combine(Repository.Root, "docs", "samples", "convert-folder.ps1");

        CommandRun run = Run($"& $args[0] $args[1] $args[2] {arguments}", script, Folder["models"], Folder["out"]);

        Assert.Null(run.Terminating);
        Assert.Equal([problem], run.Values("Problem"));
        Assert.Equal([problem.Length == 0 ? "Converted" : "Failed"], run.Values("Status"));
        Assert.Equal(problem.Length == 0 ? [] : [problem], run.ErrorIds);
        Assert.Equal(exitCode, Run("$LASTEXITCODE").Clean().Single().BaseObject);
    }

    [GeneratedRegex("^```(\\w+)\n(.*?)\n```$", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Fence();

    [GeneratedRegex("src/CoreMLQuant\\.Shell -- \"(.+)\"")]
    private static partial Regex ShellCommand();

    [GeneratedRegex("src/CoreMLQuant\\.Shell -- -File (.+)")]
    private static partial Regex ShellCall();

    [GeneratedRegex("\\./tests/fixtures/([\\w./]+)")]
    private static partial Regex FixturePath();

    [GeneratedRegex("\\b[A-Z]\\w+-(?:CoreML\\w+|\\w+Model)\\b")]
    private static partial Regex CmdletName();

    [GeneratedRegex("`-([A-Z]\\w+)")]
    private static partial Regex ParameterName();

    [GeneratedRegex("\\]\\((?!\\w+:)([^)#]+)")]
    private static partial Regex LocalLink();

    [GeneratedRegex("`(\\w+)`")]
    private static partial Regex CodeWord();

    private static string Text(string path) => File.ReadAllText(Path.Combine(Repository.Root, path)).ReplaceLineEndings("\n");

    private static IEnumerable<string> FilesOf(string pattern) => new[] { ".", "docs" }
        .SelectMany(folder => Directory.EnumerateFiles(
            Path.Combine(Repository.Root, folder), pattern, folder == "." ? SearchOption.TopDirectoryOnly : SearchOption.AllDirectories))
        .Select(path => Path.GetRelativePath(Repository.Root, path).Replace('\\', '/'))
        .Where(path => path != "build.ps1");

    private static IEnumerable<(string Code, string Shown)> Blocks(string language, string? text = null)
    {
        (string Language, string Code)[] blocks = Fence().Matches(text ?? Readme).Select(match => (match.Groups[1].Value, match.Groups[2].Value)).ToArray();
        for (int i = 0; i < blocks.Length; i++)
        {
            if (blocks[i].Language == language)
            {
                yield return (blocks[i].Code, i + 1 < blocks.Length && blocks[i + 1].Language == "text" ? blocks[i + 1].Code : string.Empty);
            }
        }
    }

    private static IEnumerable<(string Extension, string Code)> RecipesIn(string text) => new[] { "yaml", "json" }
        .SelectMany(language => Blocks(language, text).Select(block => (language, block.Code)));

    private static TheoryData<string, string> Examples(string language, Func<string, bool> isWanted)
    {
        var examples = new TheoryData<string, string>();
        foreach ((string code, string shown) in Blocks(language).Where(block => isWanted(block.Code)))
        {
            examples.Add(code, shown);
        }

        return examples;
    }

    private static string Section(string text, string heading)
    {
        string section = text[text.IndexOf($"\n## {heading}\n", StringComparison.Ordinal)..];
        int next = section.IndexOf("\n## ", 1, StringComparison.Ordinal);
        return next < 0 ? section : section[..next];
    }

    /// <summary>The names in code quotes in the first column of a section's table.</summary>
    private static string[] Table(string text, string heading) => Section(text, heading).Split('\n')
        .Where(line => line.StartsWith("| `", StringComparison.Ordinal))
        .SelectMany(line => CodeWord().Matches(line.Split('|')[1]))
        .Select(match => match.Groups[1].Value)
        .ToArray();

    private static void AssertShows(string expected, string actual)
    {
        string[] lines = actual.Split('\n').Select(line => line.TrimEnd()).ToArray();
        Assert.All(expected.Split('\n', StringSplitOptions.RemoveEmptyEntries), line => Assert.Contains(line.TrimEnd(), lines));
    }

    private static ScriptBlockAst Parse(string code)
    {
        ScriptBlockAst script = Parser.ParseInput(code, out _, out ParseError[] errors);
        Assert.Empty(errors);
        return script;
    }

    private static IEnumerable<CommandAst> CommandsOf(Ast ast) => ast.FindAll(node => node is CommandAst, searchNestedScriptBlocks: true).Cast<CommandAst>();

    private string[] FormatRules() => Run("[Enum]::GetNames([CoreMLQuant.Errors.FormatRule])").Clean().Select(name => name.ToString()).ToArray();

    private string[] ErrorIds() => Run(
        "(Get-Command Get-CoreMLModel).ImplementingType.Assembly.GetType('CoreMLQuant.Errors.ErrorIds').GetFields().ForEach({ $_.GetRawConstantValue() })")
        .Clean().Select(id => id.ToString()).ToArray();

    /// <summary>The parameters of a command of the session, or of a script of this repository.</summary>
    private IEnumerable<string> ParametersOf(string command)
    {
        if (command.EndsWith(".ps1", StringComparison.Ordinal))
        {
            return Parse(Text(command)).ParamBlock.Parameters.Select(parameter => parameter.Name.VariablePath.UserPath);
        }

        var info = (CommandInfo)Run("Get-Command $args[0]", command).Clean().Single().BaseObject;
        return info.Parameters.Values.SelectMany(parameter => parameter.Aliases.Append(parameter.Name));
    }

    private void AssertParametersExist(string code)
    {
        CommandAst[] commands = CommandsOf(Parse(code)).ToArray();
        Assert.NotEmpty(commands);
        foreach (CommandAst command in commands)
        {
            // A script block that is called has no name.
            if (command.GetCommandName() is { } name && (CmdletName().IsMatch(name) || name.EndsWith(".ps1", StringComparison.Ordinal)))
            {
                string[] parameters = ParametersOf(name).ToArray();
                Assert.All(
                    command.CommandElements.OfType<CommandParameterAst>(),
                    used => Assert.Contains(used.ParameterName, parameters, StringComparer.OrdinalIgnoreCase));
            }
        }
    }
}
