using System.Collections.Generic;
using System.Linq;
using System.Text.RegularExpressions;
using CoreMLQuant.Editing.Plans;
using CoreMLQuant.Formatting;

namespace CoreMLQuant.Editing.Names;

/// <summary>Which names are allowed.</summary>
internal static class NameRules
{
    // Source: the specification of MIL, identifiers.
    private static readonly Regex Identifier = new("^[A-Za-z_][A-Za-z0-9_@]*$", RegexOptions.CultureInvariant);

    /// <summary>Refuses a name that an ML Program cannot have.</summary>
    /// <param name="name">The name.</param>
    /// <exception cref="EditException">The name is not valid.</exception>
    public static void CheckIdentifier(string name)
    {
        // $ would also match before a line feed at the end.
        if (!Identifier.IsMatch(name) || name[name.Length - 1] == '\n')
        {
            throw new EditException(
                $"'{name}' is not a valid name in an ML Program: names consist of the letters A to Z, digits, _ and @, and do not begin with a digit or @.",
                $"Specify a name such as '{Suggested(name)}'.");
        }
    }

    /// <summary>Refuses a name that no model can have.</summary>
    /// <param name="name">The name.</param>
    /// <exception cref="EditException">The name is empty or holds control characters.</exception>
    public static void CheckText(string name)
    {
        if (name.Trim().Length == 0 || name.Any(char.IsControl))
        {
            throw new EditException($"'{name}' is not a valid name: a name is neither empty nor holds control characters.", "Specify another name.");
        }
    }

    /// <summary>Refuses to rename what is not there.</summary>
    /// <param name="names">Old and new names.</param>
    /// <param name="existing">The names that are there.</param>
    /// <param name="what">What they name: <c>input</c>.</param>
    /// <exception cref="EditException">An old name is not there.</exception>
    public static void CheckExist(IEnumerable<string> names, IReadOnlyCollection<string> existing, string what)
    {
        foreach (string name in names.Where(name => !existing.Contains(name)))
        {
            throw new EditException(
                $"The model has no {what} '{name}'.",
                NearestName.Of(name, existing) is { } nearest ? $"Did you mean '{nearest}'?"
                : existing.Count > 0 ? $"It has {string.Join(", ", existing.Select(one => $"'{one}'"))}."
                : "Omit it.");
        }
    }

    /// <summary>Refuses a new name that is taken.</summary>
    /// <param name="names">Old and new names.</param>
    /// <param name="staying">Every name that is not given up, and what has it.</param>
    /// <param name="place">Where, in the middle of a sentence: <c>the model</c>.</param>
    /// <exception cref="EditException">Two features would have one name.</exception>
    public static void CheckFree(IReadOnlyCollection<KeyValuePair<string, string>> names, IReadOnlyDictionary<string, string> staying, string place)
    {
        foreach (KeyValuePair<string, string> pair in names)
        {
            if (names.Any(other => other.Value == pair.Value && other.Key != pair.Key))
            {
                throw new EditException($"'{pair.Value}' would be the new name of several features of {place}.", "Specify a different name for each.");
            }

            if (staying.TryGetValue(pair.Value, out string? owner))
            {
                throw new EditException($"'{pair.Key}' cannot be renamed to '{pair.Value}': {place} already has {owner} of that name.", "Specify another name.");
            }
        }
    }

    private static string Suggested(string name)
    {
        string plain = Regex.Replace(name, "[^A-Za-z0-9_@]+", "_").TrimStart('@');
        return plain.Length == 0 || char.IsDigit(plain[0]) ? "_" + plain : plain;
    }
}
