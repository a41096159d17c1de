using System;
using System.Management.Automation;

namespace CoreMLQuant.Shell;

/// <summary>Progress on one line of standard error that the next one replaces; nothing where that is no terminal.</summary>
internal sealed class ProgressLine
{
    private const int UnknownWidth = 79;

    private readonly object _gate = new();
    private readonly bool _isTerminal = !Console.IsErrorRedirected;
    private bool _isShown;

    /// <summary>Shows a record in place of the last.</summary>
    public void Show(ProgressRecord record)
    {
        lock (_gate)
        {
            Clear();
            if (_isTerminal && record.RecordType == ProgressRecordType.Processing)
            {
                string percent = record.PercentComplete >= 0 ? $"{record.PercentComplete,3} % " : string.Empty;
                string line = $"{record.Activity}: {percent}{record.StatusDescription}";
                int width = Console.WindowWidth > 1 ? Console.WindowWidth - 1 : UnknownWidth;
                Console.Error.Write(line.Length > width ? line[..width] : line);
                _isShown = true;
            }
        }
    }

    /// <summary>Makes room for a line that stays.</summary>
    public void Clear()
    {
        lock (_gate)
        {
            if (_isShown)
            {
                Console.Error.Write("\r\u001b[K");
                _isShown = false;
            }
        }
    }
}
