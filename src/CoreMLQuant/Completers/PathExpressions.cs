using System;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using System.Management.Automation.Language;
using CoreMLQuant.Abstractions;

namespace CoreMLQuant.Completers;

/// <summary>
/// The models that a command line names before it runs: what a command is given as its path or, in a pipeline, the commands before it.
/// Only text and variables whose value is known are read; nothing is run.
/// </summary>
internal static class PathExpressions
{
    private static readonly string[] PathParameters = ["Path", "LiteralPath", "PSPath", "LP", "ReferencePath", "FilePath"];

    /// <summary>The paths that may be the command's models, the likeliest first.</summary>
    /// <param name="command">The command whose parameter is completed.</param>
    /// <param name="variable">The value of a variable of the session; <see langword="null"/> when it has none.</param>
    public static IEnumerable<string> Of(CommandAst command, Func<string, object?> variable)
    {
        IEnumerable<CommandBaseAst> before = command.Parent is PipelineAst pipeline ? pipeline.PipelineElements.TakeWhile(element => element != command).Reverse() : [];
        return before.Prepend(command)
            .SelectMany(element => element is CommandExpressionAst expression ? [expression.Expression] : Arguments((CommandAst)element))
            .Select(expression => Text(expression, variable))
            .OfType<string>()
            .Where(text => text.Length > 0);
    }

    private static IEnumerable<ExpressionAst> Arguments(CommandAst command)
    {
        CommandElementAst[] elements = command.CommandElements.Skip(1).ToArray();
        var positional = new List<ExpressionAst>();
        for (int i = 0; i < elements.Length; i++)
        {
            if (elements[i] is not CommandParameterAst parameter)
            {
                positional.Add((ExpressionAst)elements[i]);
                continue;
            }

            ExpressionAst? argument = parameter.Argument ?? (i + 1 < elements.Length ? elements[i + 1] as ExpressionAst : null);
            bool isPath = PathParameters.Any(name => name.StartsWith(parameter.ParameterName, StringComparison.OrdinalIgnoreCase));
            if (argument is not null && isPath)
            {
                yield return argument;
            }

            // A switch takes no argument: what follows it may still be the path.
            if (parameter.Argument is null && argument is not null && isPath)
            {
                i++;
            }
        }

        foreach (ExpressionAst expression in positional)
        {
            yield return expression;
        }
    }

    private static string? Text(ExpressionAst expression, Func<string, object?> variable) => expression switch
    {
        StringConstantExpressionAst constant => constant.Value,
        ArrayLiteralAst { Elements: [var first, ..] } => Text(first, variable),
        VariableExpressionAst name => Assigned(name) is { } value ? Text(value, variable) : Path(variable(name.VariablePath.UserPath)),
        _ => null,
    };

    // The value that a variable gets earlier in the same text.
    private static ExpressionAst? Assigned(VariableExpressionAst use)
    {
        Ast root = use;
        while (root.Parent is not null)
        {
            root = root.Parent;
        }

        return root.FindAll(node => node is AssignmentStatementAst { Left: VariableExpressionAst left } && IsSame(left, use), searchNestedScriptBlocks: false)
            .Cast<AssignmentStatementAst>()
            .Where(assignment => assignment.Extent.EndOffset <= use.Extent.StartOffset)
            .Select(assignment => (assignment.Right as CommandExpressionAst)?.Expression)
            .LastOrDefault();
    }

    private static bool IsSame(VariableExpressionAst one, VariableExpressionAst other) =>
        one.VariablePath.UserPath.Equals(other.VariablePath.UserPath, StringComparison.OrdinalIgnoreCase);

    // As the parameters take objects.
    private static string? Path(object? value)
    {
        try
        {
            return value is null ? null
                : (new ModelPathArgumentAttribute().Transform(null!, value) switch
                {
                    object[] { Length: > 0 } list => list[0]?.ToString(),
                    var path => path.ToString(),
                });
        }
        catch (ArgumentTransformationMetadataException)
        {
            // The value of another parameter.
            return null;
        }
    }
}
