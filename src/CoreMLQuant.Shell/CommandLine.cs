using System;

namespace CoreMLQuant.Shell;

/// <summary>The command line, as PowerShell's host is given it.</summary>
/// <param name="Request">What is asked for.</param>
/// <param name="HostArguments">Arguments of <c>pwsh</c>.</param>
internal sealed record CommandLine(Request Request, string[] HostArguments)
{
    /// <summary>
    /// Reads a command line. It is that of <c>pwsh</c> with one difference: where <c>pwsh</c> takes the first argument without a
    /// parameter for a script file (<c>-File</c>), it is a command here (<c>-Command</c>).
    /// </summary>
    public static CommandLine Parse(string[] args)
    {
        for (int i = 0; i < args.Length; i++)
        {
            switch (HostParameters.KindOf(args[i]))
            {
                case ParameterKind.Help:
                    return new CommandLine(Request.Help, args);
                case ParameterKind.Version:
                    return new CommandLine(Request.Version, args);
                case ParameterKind.None:
                    return new CommandLine(Request.Run, [.. args.AsSpan(0, i), "-Command", .. args.AsSpan(i)]);
                case ParameterKind.TakesTheRest:
                    return new CommandLine(Request.Run, args);
                case ParameterKind.TakesAValue:
                    i++;
                    break;
            }
        }

        return new CommandLine(Request.Run, args);
    }
}
