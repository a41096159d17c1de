using System;
using System.Collections.Generic;
using System.Diagnostics.CodeAnalysis;
using System.IO;
using System.Linq;

namespace CoreMLQuant.Shell;

/// <summary>What the command line asks for.</summary>
internal sealed class Invocation
{
    private readonly string? _command;
    private readonly string? _file;

    private Invocation(string? command, string? file, IReadOnlyList<string> arguments)
    {
        _command = command;
        _file = file;
        Arguments = arguments;
    }

    /// <summary>Arguments of the script.</summary>
    public IReadOnlyList<string> Arguments { get; }

    /// <summary>Reads the command line, as pwsh would: parameters by any unambiguous beginning, the rest is the command.</summary>
    public static bool TryParse(string[] args, bool inputIsRedirected, [NotNullWhen(true)] out Invocation? invocation)
    {
        bool Is(string name, int least) => args.Length > 0
            && args[0].Length >= least
            && ("-" + name).StartsWith(args[0], StringComparison.OrdinalIgnoreCase);

        invocation = args switch
        {
            [] or ["-"] => inputIsRedirected ? new Invocation(null, null, []) : null,
            [_, "-"] when Is("Command", 2) => new Invocation(null, null, []),
            [_, .. var rest] when Is("Command", 2) => rest.Length > 0 ? new Invocation(string.Join(' ', rest), null, []) : null,
            [_, .. var rest] when Is("File", 2) => rest.Length > 0 ? new Invocation(null, rest[0], rest[1..].ToList()) : null,
            [_, ..] when Is("Help", 2) || args[0] is "-?" or "--help" => null,
            _ => new Invocation(string.Join(' ', args), null, []),
        };
        return invocation is not null;
    }

    /// <summary>The script to run.</summary>
    public string ReadScript(TextReader input)
    {
        if (_command is not null)
        {
            return _command;
        }

        // By name, so that errors tell file and line and $PSScriptRoot is set.
        return _file is null ? input.ReadToEnd() : $"& '{Path.GetFullPath(_file).Replace("'", "''")}' @args";
    }
}
