using System.Collections.Generic;
using System.IO;
using System.Management.Automation;
using CoreMLQuant.Errors;
using CoreMLQuant.Files;

namespace CoreMLQuant.Abstractions;

/// <summary>What a run writes: each output once, from one input, and in the place of something else only when asked.</summary>
/// <param name="comparer">How the file system compares paths.</param>
internal sealed class RunOutputs(IEqualityComparer<string> comparer)
{
    private readonly HashSet<string> _targets = new(comparer);
    private readonly HashSet<string> _sources = new(comparer);
    private string? _firstSource;

    /// <summary>Notes an input; gives an error when the destination is a file and has had its input.</summary>
    /// <param name="destination">Where the run writes.</param>
    /// <param name="source">Full path of the input.</param>
    public ErrorRecord? Admit(Destination destination, string source)
    {
        if (destination.File is { } file && _firstSource is not null)
        {
            return ErrorRecords.Create(
                ErrorIds.DestinationNotAFolder,
                ErrorCategory.InvalidArgument,
                source,
                $"'{file}' can be the output of only one model, and '{_firstSource}' uses it. Specify a folder for several models.");
        }

        _firstSource = source;
        _sources.Add(source);
        return null;
    }

    /// <summary>Takes a path for an output.</summary>
    /// <param name="target">Full path of the output.</param>
    /// <param name="source">Full path of the input.</param>
    /// <param name="force">Whether something that stands there may be replaced.</param>
    /// <param name="inPlace">Whether the input itself may be replaced.</param>
    /// <exception cref="PathException">Another output of this run has it, or something stands there and may not be replaced.</exception>
    public string Claim(string target, string source, bool force, bool inPlace = false)
    {
        if (SamePath.Is(target, source))
        {
            return inPlace ? target : throw new PathException(new DestinationIsSourceException(source).ToWriteError(source));
        }

        if (_sources.Contains(target))
        {
            throw new PathException(ErrorRecords.Create(
                ErrorIds.DestinationIsSource,
                ErrorCategory.InvalidArgument,
                source,
                $"'{target}', the output of '{source}', is itself a source in this run. Specify another folder."));
        }

        if (!_targets.Add(target))
        {
            throw new PathException(ErrorRecords.Create(
                ErrorIds.DestinationTaken,
                ErrorCategory.ResourceExists,
                source,
                $"'{target}' is the output of another model in this run. Specify another folder for '{source}'."));
        }

        return !force && (File.Exists(target) || Directory.Exists(target))
            ? throw new PathException(new ErrorRecord(
                new DestinationExistsException(target), ErrorIds.DestinationExists, ErrorCategory.ResourceExists, target))
            : target;
    }
}
