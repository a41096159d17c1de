using System;
using System.Text;
using System.Text.RegularExpressions;

namespace CoreMLQuant.Recipes;

/// <summary>
/// One pattern on an operation type, operation name or weight name: a wildcard (<c>*</c>, <c>?</c>, <c>[a-z]</c>,
/// as in PowerShell, backtick escapes) or, with the prefix <c>re:</c>, a regular expression. Case-insensitive;
/// a wildcard matches the whole name, a regular expression any part of it.
/// </summary>
public sealed class NamePattern
{
    private const string RegexPrefix = "re:";

    // A pattern comes from a person and a name from a file: neither may stall the run.
    private static readonly TimeSpan MatchTimeout = TimeSpan.FromSeconds(1);

    private readonly Regex _regex;

    /// <summary>Reads a pattern.</summary>
    /// <exception cref="PatternException">The regular expression is not valid, or the pattern is empty.</exception>
    public NamePattern(string text)
    {
        if (string.IsNullOrWhiteSpace(text))
        {
            throw new PatternException("A pattern must not be empty.");
        }

        Text = text;
        string expression = text.StartsWith(RegexPrefix, StringComparison.OrdinalIgnoreCase)
            ? text.Substring(RegexPrefix.Length)
            : FromWildcard(text);
        try
        {
            _regex = new Regex(expression, RegexOptions.IgnoreCase | RegexOptions.CultureInvariant, MatchTimeout);
        }
        catch (ArgumentException e)
        {
            throw new PatternException($"'{text}' is not a valid pattern: {e.Message}", e);
        }
    }

    private NamePattern(string text, Regex regex) => (Text, _regex) = (text, regex);

    /// <summary>The pattern as it was written.</summary>
    public string Text { get; }

    /// <summary>A pattern that matches one name and no other, whatever is in it.</summary>
    public static NamePattern Exact(string name) => new(name, new Regex($"^{Regex.Escape(name)}\\z", RegexOptions.CultureInvariant, MatchTimeout));

    /// <summary>Whether the name matches.</summary>
    /// <exception cref="PatternException">The pattern took more than a second on this name.</exception>
    public bool IsMatch(string name)
    {
        try
        {
            return _regex.IsMatch(name);
        }
        catch (RegexMatchTimeoutException e)
        {
            throw new PatternException($"Pattern '{Text}' takes too long to match '{name}'. Simplify it.", e);
        }
    }

    /// <summary>The pattern as it was written.</summary>
    public override string ToString() => Text;

    private static string FromWildcard(string wildcard)
    {
        var expression = new StringBuilder("^");
        for (int i = 0; i < wildcard.Length; i++)
        {
            char c = wildcard[i];
            int close = c == '[' ? wildcard.IndexOf(']', i + 1) : -1;
            if (c == '*')
            {
                expression.Append(".*");
            }
            else if (c == '?')
            {
                expression.Append('.');
            }
            else if (close > i + 1)
            {
                string set = wildcard.Substring(i + 1, close - i - 1).Replace("\\", "\\\\").Replace("^", "\\^").Replace("[", "\\[");
                expression.Append('[').Append(set).Append(']');
                i = close;
            }
            else
            {
                bool escaped = c == '`' && i + 1 < wildcard.Length;
                expression.Append(Regex.Escape(wildcard[escaped ? ++i : i].ToString()));
            }
        }

        return expression.Append("$").ToString();
    }
}
