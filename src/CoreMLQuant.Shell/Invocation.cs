using System;
using System.Collections.Generic;
using System.Diagnostics.CodeAnalysis;
using System.IO;
using System.Linq;
using System.Text.RegularExpressions;

namespace CoreMLQuant.Shell;

/// <summary>What the command line asks for.</summary>
internal sealed partial class Invocation
{
    private readonly string? _command;

    private Invocation(string? command, string? file = null)
    {
        _command = command;
        File = file;
    }

    /// <summary>Full path of the script file, which <c>$args[0]</c> of the command has to be; <see langword="null"/> where none was named.</summary>
    public string? File { get; }

    /// <summary>Reads the command line, as pwsh would: parameters by any unambiguous beginning, the rest is the command.</summary>
    public static bool TryParse(string[] args, bool inputIsRedirected, [NotNullWhen(true)] out Invocation? invocation)
    {
        bool Is(string name, int least) => args.Length > 0
            && args[0].Length >= least
            && ("-" + name).StartsWith(args[0], StringComparison.OrdinalIgnoreCase);

        invocation = args switch
        {
            [] or ["-"] => inputIsRedirected ? new Invocation(null) : null,
            [_, "-"] when Is("Command", 2) => new Invocation(null),
            [_, .. var rest] when Is("Command", 2) => rest.Length > 0 ? new Invocation(string.Join(' ', rest)) : null,
            [_, .. var rest] when Is("File", 2) => rest.Length > 0 ? new Invocation(CallWith(rest.Skip(1)), Path.GetFullPath(rest[0])) : null,
            [_, ..] when Is("Help", 2) || args[0] is "-?" or "--help" => null,
            _ => new Invocation(string.Join(' ', args)),
        };
        return invocation is not null;
    }

    /// <summary>The script to run.</summary>
    public string ReadScript(TextReader input) => _command ?? input.ReadToEnd();

    private static string CallWith(IEnumerable<string> arguments) => $"& $args[0] {string.Join(' ', arguments.Select(Argument))}";

    // As pwsh -File does it: what looks like a parameter is one, everything else is text.
    private static string Argument(string text) => Parameter().IsMatch(text) ? text : Quoted(text);

    private static string Quoted(string text) => "'" + text.Replace("'", "''") + "'";

    [GeneratedRegex(@"^-[\p{L}_]\w*(:\$(true|false))?$", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Parameter();
}
