using System;
using System.Collections.Generic;
using System.Collections.ObjectModel;
using System.Globalization;
using System.Management.Automation;
using System.Management.Automation.Host;
using System.Security;

namespace CoreMLQuant.Shell;

/// <summary>Objects go to standard output, everything said about them to standard error.</summary>
internal sealed class ShellUI : PSHostUserInterface
{
    private static readonly bool TerminalHasColors = Environment.GetEnvironmentVariable("TERM") != "dumb"
        && string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR"));

    private readonly ProgressLine _progress = new();

    /// <inheritdoc/>
    public override PSHostRawUserInterface RawUI { get; } = new ShellRawUI();

    /// <inheritdoc/>
    public override bool SupportsVirtualTerminal { get; } = TerminalHasColors && !Console.IsOutputRedirected;

    /// <summary>Whether an error was shown.</summary>
    public bool ErrorWasWritten { get; private set; }

    /// <inheritdoc/>
    public override void Write(string value)
    {
        _progress.Clear();
        Console.Out.Write(GetOutputString(value, SupportsVirtualTerminal));
    }

    /// <inheritdoc/>
    public override void Write(ConsoleColor foregroundColor, ConsoleColor backgroundColor, string value) => Write(value);

    /// <inheritdoc/>
    public override void WriteLine(string value) => Write(value + Environment.NewLine);

    /// <inheritdoc/>
    public override void WriteErrorLine(string value)
    {
        ErrorWasWritten = true;
        Tell(value);
    }

    /// <inheritdoc/>
    public override void WriteWarningLine(string message) => Tell("WARNING: " + message);

    /// <inheritdoc/>
    public override void WriteVerboseLine(string message) => Tell("VERBOSE: " + message);

    /// <inheritdoc/>
    public override void WriteDebugLine(string message) => Tell("DEBUG: " + message);

    /// <inheritdoc/>
    public override void WriteProgress(long sourceId, ProgressRecord record) => _progress.Show(record);

    /// <inheritdoc/>
    public override string ReadLine() => Console.In.ReadLine()
        ?? throw new HostException("An answer is needed, and standard input is at its end.");

    /// <inheritdoc/>
    public override SecureString ReadLineAsSecureString() => throw new NotSupportedException("This shell reads no secrets.");

    /// <inheritdoc/>
    public override Dictionary<string, PSObject> Prompt(string caption, string message, Collection<FieldDescription> descriptions)
    {
        var answers = new Dictionary<string, PSObject>();
        foreach (FieldDescription field in descriptions)
        {
            Ask($"{field.Name}: ");
            answers[field.Name] = ReadLine();
        }

        return answers;
    }

    /// <inheritdoc/>
    public override PSCredential PromptForCredential(string caption, string message, string userName, string targetName) =>
        throw new NotSupportedException("This shell reads no secrets.");

    /// <inheritdoc/>
    public override PSCredential PromptForCredential(
        string caption,
        string message,
        string userName,
        string targetName,
        PSCredentialTypes allowedCredentialTypes,
        PSCredentialUIOptions options) => throw new NotSupportedException("This shell reads no secrets.");

    /// <inheritdoc/>
    public override int PromptForChoice(string caption, string message, Collection<ChoiceDescription> choices, int defaultChoice)
    {
        Tell(caption);
        Tell(message);
        while (true)
        {
            for (int i = 0; i < choices.Count; i++)
            {
                Ask(string.Create(CultureInfo.InvariantCulture, $"[{Key(choices[i])}] {Name(choices[i])}  "));
            }

            Ask(defaultChoice < 0 ? ": " : $"(default is \"{Key(choices[defaultChoice])}\"): ");
            string answer = ReadLine().Trim();
            if (answer.Length == 0 && defaultChoice >= 0)
            {
                return defaultChoice;
            }

            for (int i = 0; i < choices.Count; i++)
            {
                if (answer.Equals(Key(choices[i]), StringComparison.OrdinalIgnoreCase)
                    || answer.Equals(Name(choices[i]), StringComparison.OrdinalIgnoreCase))
                {
                    return i;
                }
            }
        }
    }

    private static string Name(ChoiceDescription choice) => choice.Label.Replace("&", string.Empty);

    private static string Key(ChoiceDescription choice)
    {
        int mark = choice.Label.IndexOf('&');
        return mark >= 0 && mark + 1 < choice.Label.Length ? choice.Label.Substring(mark + 1, 1).ToUpperInvariant() : choice.Label;
    }

    private void Tell(string line)
    {
        _progress.Clear();
        Console.Error.WriteLine(GetOutputString(line, TerminalHasColors && !Console.IsErrorRedirected));
    }

    private void Ask(string text)
    {
        _progress.Clear();
        Console.Error.Write(text);
    }
}
