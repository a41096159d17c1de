using System;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using System.Management.Automation.Language;
using System.Text.RegularExpressions;
using Xunit;

namespace CoreMLQuant.Tests.Support;

/// <summary>The commands of a script and the parameters that they have.</summary>
internal static partial class ScriptParameters
{
    /// <summary>Names of cmdlets in a text.</summary>
    [GeneratedRegex("\\b[A-Z]\\w+-(?:CoreML\\w+|\\w+Model)\\b")]
    public static partial Regex CmdletName();

    /// <summary>Parses a script, which must be well-formed.</summary>
    public static ScriptBlockAst Parse(string code)
    {
        ScriptBlockAst script = Parser.ParseInput(code, out _, out ParseError[] errors);
        Assert.Empty(errors);
        return script;
    }

    /// <summary>All commands of a script, nested ones too.</summary>
    public static IEnumerable<CommandAst> CommandsOf(Ast ast) => ast.FindAll(node => node is CommandAst, searchNestedScriptBlocks: true).Cast<CommandAst>();

    /// <summary>The parameters of a command of the session, or of a script of this repository.</summary>
    public static IEnumerable<string> ParametersOf(ModuleSession session, string command)
    {
        if (command.EndsWith(".ps1", StringComparison.Ordinal))
        {
            return Parse(Documents.Text(command)).ParamBlock.Parameters.Select(parameter => parameter.Name.VariablePath.UserPath);
        }

        var info = (CommandInfo)session.Run("Get-Command $args[0]", command).Clean().Single().BaseObject;
        return info.Parameters.Values.SelectMany(parameter => parameter.Aliases.Append(parameter.Name));
    }

    /// <summary>Requires that all commands of a script have the parameters that it gives them.</summary>
    public static void Require(ModuleSession session, string code)
    {
        CommandAst[] commands = CommandsOf(Parse(code)).ToArray();
        Assert.NotEmpty(commands);
        foreach (CommandAst command in commands)
        {
            // A script block that is called has no name.
            if (command.GetCommandName() is { } name && (CmdletName().IsMatch(name) || name.EndsWith(".ps1", StringComparison.Ordinal)))
            {
                string[] parameters = ParametersOf(session, name).ToArray();
                Assert.All(
                    command.CommandElements.OfType<CommandParameterAst>(),
                    used => Assert.Contains(used.ParameterName, parameters, StringComparer.OrdinalIgnoreCase));
            }
        }
    }
}
