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

/// <summary>What a user may give as a recipe: a hashtable, or the path of a file that holds one.</summary>
internal static class RecipeArgument
{
    private const string DataFile = ".psd1";

    private static readonly string[] TextFiles = [".yaml", ".yml", ".json"];

    /// <summary>Extensions of recipe files.</summary>
    public static IReadOnlyList<string> Extensions { get; } = [.. TextFiles, DataFile];

    /// <summary>Reads a recipe.</summary>
    /// <param name="argument">The hashtable, object or path.</param>
    /// <param name="paths">The session's paths.</param>
    /// <param name="defaults">Defaults for what the recipe does not specify.</param>
    /// <exception cref="RecipeFileException">It is not a valid recipe; every error is listed.</exception>
    /// <exception cref="PathException">There is no such file, or it cannot be read.</exception>
    public static OptimizationRecipe Read(object argument, PathIntrinsics paths, RecipeDefaults defaults)
    {
        const string Source = "-Recipe";
        object value = argument is PSObject { BaseObject: not PSCustomObject } wrapped ? wrapped.BaseObject : argument;
        return value switch
        {
            IDictionary or PSObject => RecipeFile.FromTree(HashtableTree.Of(value, Source), Source, defaults),
            FileSystemInfo file => ReadFile(file.FullName, defaults),
            _ => ReadFile(paths.Literal(value.ToString() ?? string.Empty), defaults),
        };
    }

    private static OptimizationRecipe ReadFile(string path, RecipeDefaults defaults)
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
                    Directory.Exists(path) ? $"'{path}' is a folder. Specify a recipe file or a hashtable." : $"There is no recipe file at '{path}'."));
            }

            return extension == DataFile
                ? RecipeFile.FromTree(DataFileTree.Parse(path), path, defaults)
                : Array.IndexOf(TextFiles, extension) >= 0
                ? RecipeFile.Read(path, defaults)
                : throw new PathException(ErrorRecords.Create(
                    ErrorIds.InvalidRecipeFile,
                    ErrorCategory.InvalidArgument,
                    path,
                    $"'{path}' does not have the extension of a recipe file. Specify a hashtable, or a file that ends in {DataFile}, {string.Join(", ", TextFiles)}."));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new PathException(new ErrorRecord(e, ErrorIds.InvalidRecipeFile, ErrorCategory.ReadError, path));
        }
    }
}
