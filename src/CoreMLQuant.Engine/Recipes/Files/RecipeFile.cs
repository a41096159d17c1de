using System.IO;
using System.Text;

namespace CoreMLQuant.Recipes.Files;

/// <summary>
/// Reads recipes: from YAML or JSON files, and from what somebody else has parsed. The schema is that of coremltools'
/// OptimizationConfig, and our own around it (docs/RECIPES.md).
/// </summary>
public static class RecipeFile
{
    /// <summary>A recipe of more bytes than this is something else.</summary>
    public const int MaximumSize = 1 << 20;

    /// <summary>Reads a YAML or JSON file.</summary>
    /// <param name="path">Full path.</param>
    /// <param name="defaults">Defaults for what the file does not specify.</param>
    /// <exception cref="RecipeFileException">It is not a valid recipe; every error is listed.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static OptimizationRecipe Read(string path, RecipeDefaults? defaults = null) => FromTree(ReadTree(path, MaximumSize), path, defaults);

    /// <summary>Reads the tree of a YAML or JSON file.</summary>
    /// <param name="path">Full path.</param>
    /// <param name="maximumSize">A file of more bytes is something else.</param>
    /// <exception cref="RecipeFileException">It is neither YAML nor JSON, or too large.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    internal static RecipeNode ReadTree(string path, int maximumSize)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read);
        if (file.Length > maximumSize)
        {
            throw new RecipeFileException(path, [new RecipeFileError(default, string.Empty, $"the file has {file.Length} bytes. It can have at most {maximumSize}.")]);
        }

        using var reader = new StreamReader(file, Encoding.UTF8, detectEncodingFromByteOrderMarks: true);
        return YamlTree.Parse(reader.ReadToEnd(), path);
    }

    /// <summary>Reads a text.</summary>
    /// <param name="text">YAML or JSON.</param>
    /// <param name="source">What to call it in errors: its file.</param>
    /// <param name="defaults">Defaults for what the text does not specify.</param>
    /// <exception cref="RecipeFileException">It is not a valid recipe; every error is listed.</exception>
    public static OptimizationRecipe Parse(string text, string source, RecipeDefaults? defaults = null) =>
        FromTree(YamlTree.Parse(text, source), source, defaults);

    /// <summary>Reads what has been parsed already.</summary>
    /// <param name="root">The recipe as it was written.</param>
    /// <param name="source">What to call it in errors.</param>
    /// <param name="defaults">Defaults for what the recipe does not specify.</param>
    /// <exception cref="RecipeFileException">It is not a valid recipe; every error is listed.</exception>
    public static OptimizationRecipe FromTree(RecipeNode root, string source, RecipeDefaults? defaults = null) =>
        RecipeReader.Read(root, source, defaults ?? new RecipeDefaults());
}
