using System;
using System.IO;
using System.Linq;
using System.Management.Automation;
using CoreMLQuant.Errors;
using CoreMLQuant.Models;

namespace CoreMLQuant.Abstractions;

/// <summary>Where a run writes: beside each source, into one folder, or to one file for one input.</summary>
internal sealed class Destination
{
    /// <summary>Beside each source, under its name with the recipe's suffix.</summary>
    public static readonly Destination BesideSource = new(null, null);

    private static readonly string[] ModelExtensions = [ModelPaths.FileExtension, ModelPaths.PackageExtension];

    private readonly string? _folder;
    private readonly string? _file;

    private Destination(string? folder, string? file)
    {
        _folder = folder;
        _file = file;
    }

    /// <summary>Whether only one input can go there.</summary>
    public bool IsFile => _file is not null;

    /// <summary>Reads what the user wrote for -DestinationPath.</summary>
    /// <exception cref="PathException">Nothing can be written there.</exception>
    public static Destination Parse(PathIntrinsics paths, string text)
    {
        string path = paths.Literal(text);
        string extension = ModelExtensions.FirstOrDefault(e => path.EndsWith(e, StringComparison.OrdinalIgnoreCase)) ?? string.Empty;
        bool isPackage = extension == ModelPaths.PackageExtension;

        // Completion ends the name of an existing package in a separator too; a folder of models is never called .mlpackage.
        bool endsInSeparator = text[text.Length - 1] is '/' or '\\';
        bool isFolder = extension.Length == 0 || (!isPackage && (endsInSeparator || Directory.Exists(path)));
        string? package = ModelPaths.ContainingPackage(isFolder ? path : Path.GetDirectoryName(path) ?? path);
        if (package is not null)
        {
            throw Invalid(path, $"'{path}' lies inside the model '{package}'. Choose a place outside it.");
        }

        if (!isFolder)
        {
            return new Destination(null, path);
        }

        return File.Exists(path)
            ? throw Invalid(path, $"'{path}' is a file. Give a folder, or a path that ends in .mlmodel or .mlpackage.")
            : new Destination(path, null);
    }

    /// <summary>Full path of the output for a source.</summary>
    /// <exception cref="PathException">The file's extension contradicts the source's container.</exception>
    public string For(ModelFile source, string fileSuffix)
    {
        if (_file is null)
        {
            return ModelPaths.DefaultDestination(source.Path, fileSuffix, _folder);
        }

        string expected = source.IsPackage ? ModelPaths.PackageExtension : ModelPaths.FileExtension;
        return _file.EndsWith(expected, StringComparison.OrdinalIgnoreCase)
            ? _file
            : throw new PathException(ErrorRecords.Create(
                ErrorIds.DestinationExtensionMismatch,
                ErrorCategory.InvalidArgument,
                source.Path,
                $"'{source.Path}' becomes an {expected}, as it is one; '{_file}' names another kind. Use the extension {expected}, or give a folder."));
    }

    private static PathException Invalid(string path, string message) =>
        new(ErrorRecords.Create(ErrorIds.InvalidDestination, ErrorCategory.InvalidArgument, path, message));
}
