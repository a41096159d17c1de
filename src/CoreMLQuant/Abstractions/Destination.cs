using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Management.Automation;
using CoreMLQuant.Errors;
using CoreMLQuant.Files;
using CoreMLQuant.Models;

namespace CoreMLQuant.Abstractions;

/// <summary>Where a run writes: beside each source, into one folder, or to one file for one input.</summary>
internal sealed class Destination
{
    /// <summary>Beside each source, under its name with the recipe's suffix.</summary>
    public static readonly Destination BesideSource = new(null, null);

    /// <summary>What the name of a model to be written ends in.</summary>
    public static readonly IReadOnlyList<string> ModelExtensions = [ModelPaths.FileExtension, ModelPaths.PackageExtension];

    private static readonly string[] SourceExtensions = [.. ModelExtensions, ModelPaths.CompiledExtension];

    private readonly string? _folder;
    private readonly string? _file;

    private Destination(string? folder, string? file)
    {
        _folder = folder;
        _file = file;
    }

    /// <summary>Full path of the one file that only one input can go to; <see langword="null"/> for a folder.</summary>
    public string? File => _file;

    /// <summary>Reads what the user wrote for -DestinationPath.</summary>
    /// <param name="paths">The session's paths.</param>
    /// <param name="text">What the user wrote.</param>
    /// <param name="extensions">What the name of a file ends in; any other is that of a folder.</param>
    /// <exception cref="PathException">Nothing can be written there.</exception>
    public static Destination Parse(PathIntrinsics paths, string text, IReadOnlyList<string> extensions)
    {
        string path = paths.Literal(text);
        string extension = extensions.FirstOrDefault(e => path.EndsWith(e, StringComparison.OrdinalIgnoreCase)) ?? string.Empty;
        bool isPackage = extension == ModelPaths.PackageExtension;

        // Completion ends the name of an existing package in a separator too; a folder of models is never called .mlpackage.
        bool endsInSeparator = text[text.Length - 1] is '/' or '\\';
        bool isFolder = extension.Length == 0 || (!isPackage && (endsInSeparator || Directory.Exists(path)));
        if (path.EndsWith(ModelPaths.CompiledExtension, StringComparison.OrdinalIgnoreCase))
        {
            throw Invalid(path, $"'{path}' is the name of a compiled model, which only Core ML can write. Use the extension {ModelPaths.PackageExtension}.");
        }

        string? package = ModelPaths.ContainingPackage(isFolder ? path : Path.GetDirectoryName(path) ?? path);
        if (package is not null)
        {
            throw Invalid(path, $"'{path}' is inside the model '{package}'. Specify a path outside it.");
        }

        if (!isFolder)
        {
            return new Destination(null, path);
        }

        return System.IO.File.Exists(path)
            ? throw Invalid(path, $"'{path}' is a file. Specify a folder, or a path that ends in {string.Join(" or ", extensions)}.")
            : new Destination(path, null);
    }

    /// <summary>Full path of the output of a model.</summary>
    /// <param name="source">Full path of the model.</param>
    /// <param name="fileSuffix">What is put behind the model's name.</param>
    /// <param name="becomesPackage">Whether a package is made of it, whatever it is.</param>
    /// <exception cref="PathException">The file's extension contradicts what is written.</exception>
    public string ForModel(string source, string fileSuffix, bool becomesPackage)
    {
        string expected = ExtensionFor(source, becomesPackage);
        if (_file is null)
        {
            return ModelPaths.DefaultDestination(source, fileSuffix, _folder, expected);
        }

        return _file.EndsWith(expected, StringComparison.OrdinalIgnoreCase)
            ? _file
            : throw new PathException(ErrorRecords.Create(
                ErrorIds.DestinationExtensionMismatch,
                ErrorCategory.InvalidArgument,
                source,
                $"The output of '{source}' is an {expected}, but '{_file}' has another extension. Use the extension {expected}, or specify a folder."));
    }

    /// <summary>
    /// Whether a model that was found stands where the output of another one goes: it has the name of an output, and is in the destination folder or
    /// beside the model that it is named after. That does not depend on which models the run has seen so far.
    /// </summary>
    /// <param name="model">Full path of the model that was found.</param>
    /// <param name="fileSuffix">What is put behind the name of a model of this run.</param>
    /// <param name="becomesPackage">Whether a package is made of each, whatever it is.</param>
    /// <exception cref="IOException">The system does not tell which folder it is in.</exception>
    /// <exception cref="UnauthorizedAccessException">A folder on the way may not be looked into.</exception>
    public bool IsOutput(string model, string fileSuffix, bool becomesPackage)
    {
        if (_file is not null)
        {
            return SamePath.Is(_file, model);
        }

        string name = Path.GetFileNameWithoutExtension(model);
        if (!name.EndsWith(fileSuffix, StringComparison.OrdinalIgnoreCase) || !model.EndsWith(ExtensionFor(model, becomesPackage), StringComparison.OrdinalIgnoreCase))
        {
            return false;
        }

        string folder = Path.GetDirectoryName(model)!;
        if (_folder is not null)
        {
            return SamePath.Is(_folder, folder);
        }

        string source = Path.Combine(folder, name.Substring(0, name.Length - fileSuffix.Length));
        return SourceExtensions.Select(extension => source + extension).Any(candidate =>
            (System.IO.File.Exists(candidate) || Directory.Exists(candidate)) && !SamePath.Is(candidate, model) && SamePath.Is(ForModel(candidate, fileSuffix, becomesPackage), model));
    }

    /// <summary>Full path of an output that is a file of another kind than its source.</summary>
    /// <param name="source">Full path of the model that it is about.</param>
    /// <param name="fileSuffix">What is put behind the model's name, with the extension.</param>
    public string For(string source, string fileSuffix) =>
        _file ?? Path.Combine(_folder ?? Path.GetDirectoryName(source)!, Path.GetFileNameWithoutExtension(source) + fileSuffix);

    // A compiled model is a folder, too, and becomes a package.
    private static string ExtensionFor(string source, bool becomesPackage) =>
        becomesPackage || Directory.Exists(source) ? ModelPaths.PackageExtension : ModelPaths.FileExtension;

    private static PathException Invalid(string path, string message) =>
        new(ErrorRecords.Create(ErrorIds.InvalidDestination, ErrorCategory.InvalidArgument, path, message));
}
