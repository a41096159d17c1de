using System;
using System.Collections.Generic;
using System.Globalization;

namespace CoreMLQuant.Recipes.Files;

/// <summary>A recipe file or hashtable that is not valid: all its errors, in order.</summary>
public sealed class RecipeFileException : Exception
{
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
            "'{0}' has {1} errors:{2}{3}",
            source,
            errors.Count,
            Environment.NewLine,
            string.Join(Environment.NewLine, errors));
}
