using System;
using System.Collections;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using System.Management.Automation.Language;
using System.Threading.Tasks;
using CoreMLQuant.Inspection;
using CoreMLQuant.Models;

namespace CoreMLQuant.Completers;

/// <summary>Offers names from the model that -Path or -LiteralPath names. Whatever goes wrong, it offers nothing.</summary>
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
            string? model = ResolveModel(fakeBoundParameters);
            if (model is null)
            {
                return [];
            }

            bool followLinks = LanguagePrimitives.IsTrue(fakeBoundParameters["FollowLinks"]);
            Task<List<string>> candidates = Task.Run(() =>
            {
                using ModelFile file = ModelFile.Open(model, followLinks);
                return Candidates(file.GetWeights()).Where(name => name.Length > 0).Distinct().ToList();
            });
            return candidates.Wait(Patience) ? Matching(candidates.Result, wordToComplete).ToList() : [];
        }
        catch (Exception)
        {
            return [];
        }
    }

    /// <summary>The names on offer, the likeliest first.</summary>
    private protected abstract IEnumerable<string> Candidates(IReadOnlyList<WeightSite> weights);

    private static string? ResolveModel(IDictionary bound)
    {
        bool isLiteral = bound.Contains("LiteralPath");
        object? value = isLiteral ? bound["LiteralPath"] : bound["Path"];
        string? text = LanguagePrimitives.ConvertTo<string[]>(value)?.FirstOrDefault();
        if (string.IsNullOrEmpty(text))
        {
            return null;
        }

        // The completer has no session state of its own; the runspace that completes has.
        using var shell = PowerShell.Create(RunspaceMode.CurrentRunspace);
        shell.AddScript("param($text, $isLiteral) $paths = $ExecutionContext.SessionState.Path; $provider = $null; "
            + "if ($isLiteral) { $paths.GetUnresolvedProviderPathFromPSPath($text) } "
            + "else { $paths.GetResolvedProviderPathFromPSPath($text, [ref]$provider) }");
        return shell.AddArgument(text).AddArgument(isLiteral).Invoke<string>().FirstOrDefault(ModelPaths.IsModelPath);
    }

    private static IEnumerable<CompletionResult> Matching(IEnumerable<string> names, string? wordToComplete)
    {
        string word = (wordToComplete ?? string.Empty).Trim('\'', '"');
        WildcardPattern pattern = WildcardPattern.Get(word + "*", WildcardOptions.IgnoreCase | WildcardOptions.CultureInvariant);
        return from name in names
               where pattern.IsMatch(name)
               select new CompletionResult(Quoted(name), name, CompletionResultType.ParameterValue, name);
    }

    // The value is read as a pattern, and by the parser before that.
    private static string Quoted(string name)
    {
        string pattern = WildcardPattern.Escape(name);
        bool isBare = pattern.All(c => char.IsLetterOrDigit(c) || c is '_' or '/' or '.' or '-') && pattern[0] != '-';
        return isBare ? pattern : "'" + pattern.Replace("'", "''") + "'";
    }
}
