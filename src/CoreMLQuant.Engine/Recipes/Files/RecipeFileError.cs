using System.Globalization;

namespace CoreMLQuant.Recipes.Files;

/// <summary>One error in a recipe file.</summary>
/// <param name="Position">Its position.</param>
/// <param name="Path">The key that is wrong, from the top: <c>steps[0].global_config.nbits</c>; empty for the recipe as a whole.</param>
/// <param name="Message">What is wrong and what to write instead.</param>
public sealed record RecipeFileError(RecipePosition Position, string Path, string Message)
{
    /// <summary>Place and message, e.g. <c>line 4: global_config.nbits: ...</c>.</summary>
    public override string ToString() => string.Concat(
        Position.Line > 0 ? $"line {Position.Line.ToString(CultureInfo.InvariantCulture)}: " : string.Empty,
        Path.Length > 0 ? $"{Path}: " : string.Empty,
        Message);
}
