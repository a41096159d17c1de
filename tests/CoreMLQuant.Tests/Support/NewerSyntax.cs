using System.Collections.Generic;
using System.Linq;
using System.Management.Automation.Language;
using System.Text.RegularExpressions;

namespace CoreMLQuant.Tests.Support;

/// <summary>Finds what PowerShell 7 parses and Windows PowerShell 5.1 does not, or reads otherwise (about_Operators and others).</summary>
internal static partial class NewerSyntax
{
    private static readonly HashSet<TokenKind> NewerTokens =
    [
        TokenKind.QuestionMark,
        TokenKind.QuestionQuestion,
        TokenKind.QuestionQuestionEquals,
        TokenKind.QuestionDot,
        TokenKind.QuestionLBracket,
        TokenKind.AndAnd,
        TokenKind.OrOr,
        TokenKind.Clean,
    ];

    /// <summary>Every place in a script, as line and text; errors of the parser included.</summary>
    public static string[] Find(string script)
    {
        ScriptBlockAst ast = Parser.ParseInput(script, out Token[] tokens, out ParseError[] errors);
        return errors.Select(error => Place(error.Extent))
            .Concat(tokens.SelectMany(WithNested).Where(IsNewer).Select(token => Place(token.Extent)))
            .Concat(ast.FindAll(node => node is PipelineAst { Background: true }, searchNestedScriptBlocks: true).Select(node => Place(node.Extent)))
            .ToArray();
    }

    private static IEnumerable<Token> WithNested(Token token) => token is StringExpandableToken { NestedTokens: { } nested }
        ? nested.SelectMany(WithNested).Prepend(token)
        : [token];

    private static bool IsNewer(Token token) => NewerTokens.Contains(token.Kind)
        || (token is NumberToken && NewerNumber().IsMatch(token.Text))
        || (token is StringExpandableToken && NewerEscape().IsMatch(token.Text));

    private static string Place(IScriptExtent extent) => $"{extent.StartLineNumber}: {extent.Text}";

    // Binary numbers, and the suffixes of bytes, shorts, unsigned and big integers.
    [GeneratedRegex("^[+-]?0b|(?:u|y|s|n)l?(?:[kmgtp]b)?$", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex NewerNumber();

    // Escape and code points.
    [GeneratedRegex("(?<!`)(?:``)*`(?:e|u\\{)", RegexOptions.CultureInvariant)]
    private static partial Regex NewerEscape();
}
