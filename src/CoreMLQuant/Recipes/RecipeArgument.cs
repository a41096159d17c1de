using System;
using System.Collections;
using System.Collections.Generic;
using System.IO;
using System.Management.Automation;
using CoreMLQuant.Abstractions;
using CoreMLQuant.Errors;
using CoreMLQuant.Recipes.Files;
using IOPath = System.IO.Path;

namespace CoreMLQuant.Recipes;

/// <summary>What a user may give as a recipe or a part of one: a hashtable, or the path of a file that holds it.</summary>
internal static class RecipeArgument
{
    private const string DataFile = ".psd1";

    private static readonly string[] TextFiles = [".yaml", ".yml", ".json"];

    /// <summary>Extensions of such files.</summary>
    public static IReadOnlyList<string> Extensions { get; } = [.. TextFiles, DataFile];

    /// <summary>Reads a recipe.</summary>
    /// <param name="argument">The hashtable, object or path.</param>
    /// <param name="paths">The session's paths.</param>
    /// <param name="defaults">Defaults for what the recipe does not specify.</param>
    /// <exception cref="RecipeFileException">It is not a valid recipe; every error is listed.</exception>
    /// <exception cref="PathException">There is no such file, or it cannot be read.</exception>
    public static OptimizationRecipe Read(object argument, PathIntrinsics paths, RecipeDefaults defaults) => Read(
        argument,
        "-Recipe",
        "recipe file",
        paths,
        (tree, source) => RecipeFile.FromTree(tree, source, defaults with { Folder = paths.CurrentFileSystemLocation.ProviderPath }),
        path => RecipeFile.Read(path, defaults with { Folder = FolderOf(path) }));

    /// <summary>Reads ranges of activations.</summary>
    /// <param name="argument">The hashtable, object or path.</param>
    /// <param name="paths">The session's paths.</param>
    /// <exception cref="RecipeFileException">There is something else; every error is listed.</exception>
    /// <exception cref="PathException">There is no such file, or it cannot be read.</exception>
    public static ActivationRanges ReadRanges(object argument, PathIntrinsics paths) =>
        Read(argument, "-ActivationRanges", "file of ranges", paths, ActivationRangesFile.FromTree, ActivationRangesFile.Read);

    private static T Read<T>(object argument, string parameter, string what, PathIntrinsics paths, Func<RecipeNode, string, T> fromTree, Func<string, T> fromText)
    {
        object value = argument is PSObject { BaseObject: not PSCustomObject } wrapped ? wrapped.BaseObject : argument;
        return value switch
        {
            IDictionary or PSObject => fromTree(HashtableTree.Of(value, parameter), parameter),
            FileSystemInfo file => ReadFile(file.FullName, what, fromTree, fromText),
            _ => ReadFile(paths.Literal(value.ToString() ?? string.Empty), what, fromTree, fromText),
        };
    }

    private static T ReadFile<T>(string path, string what, Func<RecipeNode, string, T> fromTree, Func<string, T> fromText)
    {
        try
        {
            string extension = IOPath.GetExtension(path).ToLowerInvariant();
            if (!File.Exists(path))
            {
                throw new PathException(ErrorRecords.Create(
                    ErrorIds.InvalidRecipeFile,
                    ErrorCategory.ObjectNotFound,
                    path,
                    Directory.Exists(path) ? $"'{path}' is a folder. Specify a {what} or a hashtable." : $"There is no {what} at '{path}'."));
            }

            return extension == DataFile
                ? fromTree(DataFileTree.Parse(path), path)
                : Array.IndexOf(TextFiles, extension) >= 0
                ? fromText(path)
                : throw new PathException(ErrorRecords.Create(
                    ErrorIds.InvalidRecipeFile,
                    ErrorCategory.InvalidArgument,
                    path,
                    $"'{path}' does not have the extension of a {what}. Specify a hashtable, or a file that ends in {DataFile}, {string.Join(", ", TextFiles)}."));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new PathException(new ErrorRecord(e, ErrorIds.InvalidRecipeFile, ErrorCategory.ReadError, path));
        }
    }

    private static string FolderOf(string path) => IOPath.GetDirectoryName(path) ?? string.Empty;
}
