using System.Collections.Generic;
using System.Linq;

namespace CoreMLQuant.Recipes.Files;

/// <summary>Collects what is wrong with a recipe, so that all of it is told at once.</summary>
internal sealed class RecipeErrors
{
    private readonly List<RecipeFileError> _errors = [];

    /// <summary>Notes an error.</summary>
    /// <param name="position">Where it stands.</param>
    /// <param name="path">The key that is wrong.</param>
    /// <param name="message">What is wrong and what to write instead.</param>
    public void Add(RecipePosition position, string path, string message) => _errors.Add(new RecipeFileError(position, path, message));

    /// <summary>How many there are.</summary>
    public int Count => _errors.Count;

    /// <summary>Throws them, in the order of the file.</summary>
    /// <exception cref="RecipeFileException">There are any.</exception>
    public void ThrowIfAny(string source)
    {
        if (_errors.Count == 0)
        {
            return;
        }

        // A map that is used twice, by an alias, has the same error twice.
        var told = new HashSet<(RecipePosition Position, string Path, string Message)>();
        throw new RecipeFileException(source, _errors
            .Where(error => told.Add((error.Position, error.Position.Line > 0 ? string.Empty : error.Path, error.Message)))
            .OrderBy(error => error.Position.Line)
            .ThenBy(error => error.Position.Column)
            .ToArray());
    }
}
