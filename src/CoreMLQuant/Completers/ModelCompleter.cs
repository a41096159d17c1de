using System;
using System.Collections;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Management.Automation;
using System.Management.Automation.Language;
using System.Threading.Tasks;
using CoreMLQuant.Models;

namespace CoreMLQuant.Completers;

/// <summary>Offers names from the model that the command line names: with -Path or -LiteralPath, or earlier in the pipeline. Whatever goes wrong, it offers nothing.</summary>
public abstract class ModelCompleter : IArgumentCompleter
{
    // Someone waits at the keyboard: a model that takes longer is not worth the wait.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName,
        string parameterName,
        string wordToComplete,
        CommandAst commandAst,
        IDictionary fakeBoundParameters)
    {
        try
        {
            string? model = ResolveModel(commandAst, fakeBoundParameters);
            if (model is null)
            {
                return [];
            }

            bool followLinks = LanguagePrimitives.IsTrue(fakeBoundParameters["FollowLinks"]);
            Task<List<string>> candidates = Task.Run(() =>
            {
                using ModelFile file = ModelFile.Open(model, followLinks);
                return Candidates(file).Where(name => name.Length > 0).Distinct().ToList();
            });
            return candidates.Wait(Patience) ? Matching(candidates.Result, wordToComplete).ToList() : [];
        }
        catch (Exception)
        {
            return [];
        }
    }

    /// <summary>The names on offer, the likeliest first.</summary>
    private protected abstract IEnumerable<string> Candidates(ModelFile file);

    /// <summary>What is put on the command line for a name: the pattern that stands for it.</summary>
    private protected virtual string Written(string name) => Quoted(name);

    private static string? ResolveModel(CommandAst command, IDictionary bound)
    {
        // The completer has no session state of its own; the runspace that completes has.
        using var shell = PowerShell.Create(RunspaceMode.CurrentRunspace);
        object? Variable(string name) => Invoke(shell, "param($name) $ExecutionContext.SessionState.PSVariable.GetValue($name)", name).FirstOrDefault()?.BaseObject;

        string?[] given = [Given("LiteralPath"), Given("Path")];
        return given.OfType<string>()
            .Concat(PathExpressions.Of(command, Variable))
            .Select(text => Find(shell, text))
            .FirstOrDefault(model => model is not null);

        string? Given(string parameter) => bound.Contains(parameter) ? LanguagePrimitives.ConvertTo<string[]>(bound[parameter])?.FirstOrDefault(text => !string.IsNullOrEmpty(text)) : null;
    }

    // A model, or the first one in a folder.
    private static string? Find(PowerShell shell, string text)
    {
        const string Resolve = "param($text) $paths = $ExecutionContext.SessionState.Path; $provider = $null; "
            + "try { $paths.GetUnresolvedProviderPathFromPSPath($text) } catch { }; "
            + "try { $paths.GetResolvedProviderPathFromPSPath($text, [ref]$provider) } catch { }";
        return Invoke(shell, Resolve, text)
            .Select(path => path.BaseObject as string)
            .OfType<string>()
            .Where(path => File.Exists(path) || Directory.Exists(path))
            .Select(path => ModelPaths.ContainingPackage(path) ?? path)
            .Select(path => ModelPaths.IsModelPath(path) ? path
                : Directory.Exists(path) ? ModelFolder.FindModels(path, recurse: false, (_, _) => { }).FirstOrDefault() ?? ModelFolder.FindModels(path, recurse: true, (_, _) => { }).Take(1).FirstOrDefault()
                : null)
            .FirstOrDefault(model => model is not null);
    }

    private static IEnumerable<PSObject> Invoke(PowerShell shell, string script, string argument)
    {
        shell.Commands.Clear();
        return shell.AddScript(script).AddArgument(argument).Invoke();
    }

    private IEnumerable<CompletionResult> Matching(IEnumerable<string> names, string? wordToComplete)
    {
        string word = (wordToComplete ?? string.Empty).Trim('\'', '"');
        WildcardPattern pattern = WildcardPattern.Get(word + "*", WildcardOptions.IgnoreCase | WildcardOptions.CultureInvariant);
        return from name in names
               where pattern.IsMatch(name)
               select new CompletionResult(Written(name), name, CompletionResultType.ParameterValue, name);
    }

    // The value is read as a pattern, and by the parser before that.
    private static string Quoted(string name)
    {
        string pattern = WildcardPattern.Escape(name);
        bool isBare = pattern.All(c => char.IsLetterOrDigit(c) || c is '_' or '/' or '.' or '-') && pattern[0] != '-';
        return isBare ? pattern : "'" + pattern.Replace("'", "''") + "'";
    }
}
