using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Collections.ObjectModel;
using System.Management.Automation;
using System.Management.Automation.Host;
using System.Security;
using System.Text;

namespace CoreMLQuant.Tests.Support;

/// <summary>What would be on the screen, as plain text.</summary>
internal sealed class RecordingUI : PSHostUserInterface
{
    private readonly StringBuilder _text = new();

    public string Text => _text.ToString();

    /// <summary>What was asked, and what to answer: the label of a choice.</summary>
    public List<string> Questions { get; } = [];

    public string Answer { get; set; } = "No";

    public ConcurrentQueue<ProgressRecord> Progress { get; } = new();

    public override PSHostRawUserInterface RawUI { get; } = new FixedScreen();

    public override bool SupportsVirtualTerminal => false;

    public void Clear() => _text.Clear();

    public override void Write(string value) => _text.Append(GetOutputString(value, supportsVirtualTerminal: false));

    public override void Write(ConsoleColor foregroundColor, ConsoleColor backgroundColor, string value) => Write(value);

    public override void WriteLine(string value) => Write(value + "\n");

    public override void WriteErrorLine(string value) => WriteLine("ERROR: " + value);

    public override void WriteWarningLine(string message) => WriteLine("WARNING: " + message);

    public override void WriteVerboseLine(string message) => WriteLine("VERBOSE: " + message);

    public override void WriteDebugLine(string message) => WriteLine("DEBUG: " + message);

    public override void WriteProgress(long sourceId, ProgressRecord record) => Progress.Enqueue(record);

    public override int PromptForChoice(string caption, string message, Collection<ChoiceDescription> choices, int defaultChoice)
    {
        Questions.Add(message);
        for (int i = 0; i < choices.Count; i++)
        {
            if (choices[i].Label.Replace("&", string.Empty) == Answer)
            {
                return i;
            }
        }

        throw new InvalidOperationException($"'{Answer}' is not among the choices.");
    }

    public override string ReadLine() => throw new NotSupportedException();

    public override SecureString ReadLineAsSecureString() => throw new NotSupportedException();

    public override Dictionary<string, PSObject> Prompt(string caption, string message, Collection<FieldDescription> descriptions) =>
        throw new NotSupportedException();

    public override PSCredential PromptForCredential(string caption, string message, string userName, string targetName) =>
        throw new NotSupportedException();

    public override PSCredential PromptForCredential(
        string caption,
        string message,
        string userName,
        string targetName,
        PSCredentialTypes allowedCredentialTypes,
        PSCredentialUIOptions options) => throw new NotSupportedException();
}
