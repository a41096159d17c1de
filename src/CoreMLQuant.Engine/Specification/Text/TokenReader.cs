using System;
using CoreMLQuant.Errors;
using CoreMLQuant.Formatting;

namespace CoreMLQuant.Specification.Text;

/// <summary>
/// The tokens of MIL text one after the other, with one more in view, and the bounds of what is made of them: how deep, how many
/// messages. What is not as expected is an error at its place.
/// </summary>
internal sealed class TokenReader
{
    /// <summary>
    /// Types, values and blocks nested deeper than this are refused; real programs stay below 20. A level of values is three messages, so
    /// a specification made of the text stays within <see cref="StructureLimits.MaxNesting"/>.
    /// </summary>
    public const int MaxNesting = 100;

    private const int MaxShown = 60;

    private readonly TextSource _source;
    private readonly TextLexer _lexer;
    private TextToken _next;
    private int _depth;
    private int _messages;

    public TokenReader(TextSource source)
    {
        _source = source;
        _lexer = new TextLexer(source);
        Current = _lexer.Read(0);
        _next = _lexer.Read(Current.End);
    }

    /// <summary>The token to be read next.</summary>
    public TextToken Current { get; private set; }

    /// <summary>Goes on to the next token.</summary>
    public TextToken Advance()
    {
        TextToken read = Current;
        Current = _next;
        _next = _next.Kind == TextTokenKind.End ? _next : _lexer.Read(_next.End);
        return read;
    }

    /// <summary>Whether the token is a mark.</summary>
    public bool Is(char mark) => IsMark(Current, mark);

    /// <summary>Whether the token behind this one is a mark.</summary>
    public bool IsNext(char mark) => IsMark(_next, mark);

    /// <summary>Whether the token is a certain name.</summary>
    public bool Is(string name) => Current.Kind == TextTokenKind.Name && TextOf(Current) == name;

    /// <summary>Reads a mark if it stands here.</summary>
    public bool Take(char mark)
    {
        bool found = Is(mark);
        if (found)
        {
            Advance();
        }

        return found;
    }

    /// <summary>Reads a mark.</summary>
    /// <exception cref="CoreMLFormatException">Something else stands here.</exception>
    public void Expect(char mark)
    {
        if (!Take(mark))
        {
            throw Unexpected($"'{mark}'");
        }
    }

    /// <summary>Reads a keyword.</summary>
    /// <exception cref="CoreMLFormatException">Something else stands here.</exception>
    public void Expect(string keyword)
    {
        if (!Is(keyword))
        {
            throw Unexpected($"'{keyword}'");
        }

        Advance();
    }

    /// <summary>Reads a token of a kind.</summary>
    /// <param name="kind">The kind.</param>
    /// <param name="what">What it is, for the error.</param>
    /// <exception cref="CoreMLFormatException">Something else stands here.</exception>
    public TextToken Expect(TextTokenKind kind, string what) => Current.Kind == kind ? Advance() : throw Unexpected(what);

    /// <summary>Reads a name: as it is, or in quotation marks.</summary>
    /// <exception cref="CoreMLFormatException">Something else stands here.</exception>
    public string ExpectName() => Current.Kind == TextTokenKind.String ? ExpectString() : TextOf(Expect(TextTokenKind.Name, "a name"));

    /// <summary>Reads a string.</summary>
    /// <exception cref="CoreMLFormatException">Something else stands here, or an escape is not known.</exception>
    public string ExpectString()
    {
        TextToken token = Expect(TextTokenKind.String, "a string");
        string inner = _source.Decode(token.Start + 1, token.Length - 2);
        return TextEscapes.Read(inner) ?? throw Malformed("the string has an unknown escape sequence.", token);
    }

    /// <summary>Reads items that are separated by commas up to a closing mark.</summary>
    public void List(char close, Action item)
    {
        if (Take(close))
        {
            return;
        }

        do
        {
            item();
        }
        while (Take(','));
        Expect(close);
    }

    /// <summary>What a token says.</summary>
    public string TextOf(TextToken token) => _source.Decode(token.Start, token.Length);

    /// <summary>Enters a type, value or block inside another; <see cref="Leave"/> leaves it.</summary>
    /// <exception cref="CoreMLFormatException">It is nested too deeply.</exception>
    public void Enter()
    {
        if (++_depth > MaxNesting)
        {
            throw _source.Error(
                FormatRule.NestingTooDeep,
                $"types, values and blocks are nested more than {MaxNesting} levels deep.",
                "The file is damaged or malicious; programs are not nested this deeply.",
                Current.Start);
        }
    }

    /// <summary>Leaves what was entered.</summary>
    public void Leave() => _depth--;

    /// <summary>Counts messages that are about to be made.</summary>
    /// <exception cref="CoreMLFormatException">There are more than any model has.</exception>
    public void Count(int messages)
    {
        _messages += messages;
        if (_messages > StructureLimits.MaxMessages)
        {
            throw _source.Error(
                FormatRule.TooLarge,
                $"the program has more than {StructureLimits.MaxMessages} operations, types and values.",
                "No real model has that many. The file is damaged or malicious.",
                Current.Start);
        }
    }

    /// <summary>The error for a token that stands where something else must.</summary>
    /// <param name="expected">What must stand here.</param>
    public CoreMLFormatException Unexpected(string expected) => Current.Kind == TextTokenKind.End
        ? _source.Truncated($"the text ends where {expected} must follow.", Current.Start)
        : Malformed($"{expected} was expected instead of '{Figures.Short(TextOf(Current), MaxShown)}'.", Current);

    /// <summary>The error for a token that is wrong in itself; where it is the last one, the text has been cut off in it.</summary>
    public CoreMLFormatException Malformed(string problem, TextToken token) => token.End == _source.Bytes.Length
        ? _source.Truncated($"the text ends here: {problem}", token.Start)
        : _source.Malformed(problem, token.Start);

    /// <summary>The error for text behind the end of the program.</summary>
    public CoreMLFormatException Surplus() => _source.Malformed($"'{Figures.Short(TextOf(Current), MaxShown)}' follows the end of the program.", Current.Start);

    /// <summary>The error for what this module does not know.</summary>
    public CoreMLFormatException Newer(string problem, TextToken token) => _source.Error(
        FormatRule.UnknownProgramVersion, problem, "It was compiled by a newer Core ML than this module knows. Look for the model's .mlpackage, or for a newer version of this module.", token.Start);

    private bool IsMark(TextToken token, char mark) => token.Kind == TextTokenKind.Mark && _source.Bytes[token.Start] == mark;
}
