using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;

namespace CoreMLQuant.Recipes.Files;

/// <summary>A recipe file or hashtable that is not valid: all its errors, in order.</summary>
public sealed class RecipeFileException : Exception
{
    // A file of thousands of ranges can have one mistake in all of them.
    private const int ShownErrors = 50;

    /// <summary>Creates the exception.</summary>
    /// <param name="source">The file, or what else the recipe is called.</param>
    /// <param name="errors">The errors, at least one.</param>
    public RecipeFileException(string source, IReadOnlyList<RecipeFileError> errors)
        : base(Compose(source, errors))
    {
        File = source;
        Errors = errors;
    }

    /// <summary>The file, or what else the recipe is called.</summary>
    public string File { get; }

    /// <summary>The errors.</summary>
    public IReadOnlyList<RecipeFileError> Errors { get; }

    private static string Compose(string source, IReadOnlyList<RecipeFileError> errors) => errors.Count == 1
        ? $"'{source}', {errors[0]}"
        : string.Format(
            CultureInfo.InvariantCulture,
            "'{0}' has {1} errors:{2}{3}{4}",
            source,
            errors.Count,
            Environment.NewLine,
            string.Join(Environment.NewLine, errors.Take(ShownErrors)),
            errors.Count > ShownErrors ? FormattableString.Invariant($"{Environment.NewLine}and {errors.Count - ShownErrors} more.") : string.Empty);
}
