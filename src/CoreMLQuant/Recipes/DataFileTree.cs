using System;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation.Language;
using CoreMLQuant.Recipes.Files;

namespace CoreMLQuant.Recipes;

/// <summary>A recipe in a PowerShell data file (.psd1), with the line of every value. Nothing in it is run.</summary>
internal sealed class DataFileTree
{
    private readonly List<RecipeFileError> _errors = [];

    /// <summary>The recipe as a tree.</summary>
    /// <param name="path">Full path of the file.</param>
    /// <exception cref="RecipeFileException">It is not a hashtable of constants.</exception>
    public static RecipeNode Parse(string path)
    {
        ScriptBlockAst script = Parser.ParseFile(path, out _, out ParseError[] errors);
        var tree = new DataFileTree();
        tree._errors.AddRange(errors.Select(error => new RecipeFileError(PositionOf(error.Extent), string.Empty, error.Message)));
        RecipeNode? root = null;
        if (errors.Length == 0)
        {
            root = script.EndBlock?.Statements is [var only] && script is { ParamBlock: null, BeginBlock: null, ProcessBlock: null }
                ? tree.Node(only)
                : tree.Refused(script, "a recipe must be a single hashtable: @{ ... }.");
        }

        return tree._errors.Count == 0 ? root! : throw new RecipeFileException(path, tree._errors);
    }

    private RecipeNode Node(Ast ast) => ast switch
    {
        PipelineAst pipeline => pipeline.GetPureExpression() is { } expression ? Node(expression) : Refused(ast, $"'{ast.Extent.Text}' is a command. Put text in quotes."),
        ParenExpressionAst paren => Node(paren.Pipeline),
        HashtableAst map => new RecipeMap(map.KeyValuePairs.Select(Entry).ToArray(), PositionOf(ast.Extent)),
        ConvertExpressionAst { Child: HashtableAst map } ordered when ordered.Type.TypeName.Name.Equals("ordered", StringComparison.OrdinalIgnoreCase) => Node(map),
        ArrayLiteralAst list => new RecipeList(list.Elements.Select(Node).ToArray(), PositionOf(ast.Extent)),
        ArrayExpressionAst list => new RecipeList(list.SubExpression.Statements.SelectMany(Items).ToArray(), PositionOf(ast.Extent)),
        _ => Constant(ast),
    };

    // @(1, 2) is a list of two, not a list with a list of two.
    private IEnumerable<RecipeNode> Items(StatementAst statement) => Node(statement) is var node && node is RecipeList list ? list.Items : [node];

    private RecipeEntry Entry(Tuple<ExpressionAst, StatementAst> pair) => new(
        (Constant(pair.Item1) as RecipeScalar)?.Text ?? string.Empty,
        PositionOf(pair.Item1.Extent),
        Node(pair.Item2));

    private RecipeNode Constant(Ast ast)
    {
        try
        {
            return new RecipeScalar(HashtableTree.Text(ast.SafeGetValue()), PositionOf(ast.Extent));
        }
        catch (InvalidOperationException)
        {
            return Refused(ast, $"'{ast.Extent.Text}' is not a constant. A recipe can contain values, but not expressions.");
        }
    }

    private RecipeScalar Refused(Ast ast, string message)
    {
        _errors.Add(new RecipeFileError(PositionOf(ast.Extent), string.Empty, message));
        return new RecipeScalar(null, PositionOf(ast.Extent));
    }

    private static RecipePosition PositionOf(IScriptExtent extent) => new(extent.StartLineNumber, extent.StartColumnNumber);
}
