using System;
using System.Collections.Generic;
using System.Management.Automation;
using CoreMLQuant.Completers;
using CoreMLQuant.Errors;
using CoreMLQuant.Files;
using CoreMLQuant.Models;

namespace CoreMLQuant.Abstractions;

/// <summary>A cmdlet that writes a new model for each input: in the place of what, when again, and what is noted of it.</summary>
public abstract class ModelOutputCommand : LoggedOutputCommand
{
    private string? _inPlacePath;

    /// <summary>
    /// Number of workers that convert and write at the same time, in all models together. As many models are converted at the same time, but at
    /// most 8; results are returned in the order of the input.
    /// </summary>
    /// <value>One for each processor</value>
    [Parameter]
    [ValidateRange(1, 1024)]
    [ArgumentCompleter(typeof(TypicalValueCompleter))]
    public int ThrottleLimit { get; set; }

    /// <summary>
    /// Replaces the source with the new model. Accepts a single model. The original cannot be recovered afterwards unless the conversion
    /// changes no value; -WhatIf, -Confirm and the result say which of the two is the case.
    /// </summary>
    [Parameter]
    public SwitchParameter InPlace { get; set; }

    /// <summary>
    /// Does not convert a model again if its output exists, is complete and is not older than the model. Such models are reported with the status
    /// Skipped. An output that is incomplete or older than its model causes an error, or is replaced if -Force is specified. Models found among others that
    /// are outputs themselves are passed over. Use it to resume an interrupted batch.
    /// </summary>
    [Parameter]
    public SwitchParameter SkipExisting { get; set; }

    /// <summary>
    /// Copies models in which there is nothing to convert to the destination, under the name that the converted model would have, so that the
    /// output folder is complete. Such models are reported with the status Copied. Without it, nothing is written for them.
    /// </summary>
    [Parameter]
    public SwitchParameter CopyUnchanged { get; set; }

    private protected override IReadOnlyList<string> Extensions => Destination.ModelExtensions;

    /// <summary>Whether everything is to be told.</summary>
    private protected bool IsVerbose => MyInvocation.BoundParameters.TryGetValue("Verbose", out object? given)
        ? LanguagePrimitives.IsTrue(given)
        : SessionState.PSVariable.GetValue("VerbosePreference") is ActionPreference and not (ActionPreference.SilentlyContinue or ActionPreference.Ignore);

    /// <summary>Makes the new model of an input.</summary>
    /// <param name="path">Full path of the input.</param>
    private protected abstract void ProcessSource(string path);

    /// <inheritdoc/>
    protected override void ProcessModel(string path)
    {
        if (!InPlace)
        {
            ProcessSource(path);
            return;
        }

        // One that is to be replaced waits until it is certain that it is the only one.
        Refuse(_inPlacePath is not null, $"-InPlace replaces a single model, but there are several: '{_inPlacePath}', '{path}'. No model was changed.");
        _inPlacePath = path;
    }

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        if (_inPlacePath is not null)
        {
            ProcessSource(_inPlacePath);
        }

        base.EndProcessing();
    }

    /// <summary>Checks the parameters against each other.</summary>
    private protected void CheckOutputParameters() =>
        Refuse(InPlace && SkipExisting, "-InPlace and -SkipExisting cannot be combined: the output would be the model itself.");

    /// <summary>Full path of the output for a model.</summary>
    /// <param name="path">Full path of the model.</param>
    /// <param name="fileSuffix">What is put behind its name.</param>
    /// <param name="becomesPackage">Whether a package is made of it, whatever it is.</param>
    /// <exception cref="PathException">There can be none.</exception>
    private protected string TargetOf(string path, string fileSuffix, bool becomesPackage = false)
    {
        if (Outputs.Admit(Destination, path) is { } error)
        {
            throw new PathException(error);
        }

        if (InPlace && (becomesPackage || path.EndsWith(ModelPaths.CompiledExtension, StringComparison.OrdinalIgnoreCase)))
        {
            throw new PathException(ErrorRecords.Create(
                ErrorIds.IncompatibleParameters,
                ErrorCategory.InvalidArgument,
                path,
                $"-InPlace replaces a model by one of the same format, but '{path}' becomes an {ModelPaths.PackageExtension}. Omit -InPlace."));
        }

        if (InPlace && DestinationPath is null)
        {
            return path;
        }

        string target = Destination.ForModel(path, fileSuffix, becomesPackage);
        return !InPlace || SamePath.Is(target, path) ? target : throw new PathException(ErrorRecords.Create(
            ErrorIds.IncompatibleParameters,
            ErrorCategory.InvalidArgument,
            path,
            $"-InPlace replaces '{path}', but -DestinationPath specifies '{target}'. Omit one of them."));
    }

    /// <summary>The output of a model that is up to date and is not to be written again; <see langword="null"/> for a model that is to be worked on.</summary>
    /// <param name="path">Full path of the model.</param>
    /// <param name="target">Full path of its output.</param>
    /// <exception cref="PathException">The output is incomplete or older than the model and may not be replaced, or belongs to another model.</exception>
    private protected ExistingOutput? UpToDateOutput(string path, string target)
    {
        ExistingOutput? output = SkipExisting && !SamePath.Is(path, target) ? ExistingOutput.Find(path, target) : null;
        if (output is null || (output.IsOutdated && Force))
        {
            return null;
        }

        if (output.IsOutdated)
        {
            throw new PathException(ErrorRecords.Create(
                ErrorIds.DestinationOutdated,
                ErrorCategory.ResourceExists,
                target,
                $"'{target}' exists and is older than its source '{path}'. Use -Force to replace it."));
        }

        CoreMLFormatException? defect = Await(Start((_, token) => output.FindDefect(token)!), e => e.ToReadError(target), out ErrorRecord? error);
        if (error is not null)
        {
            throw new PathException(error);
        }

        if (defect is not null)
        {
            return Force ? null : throw new PathException(ErrorRecords.Create(
                ErrorIds.DestinationIncomplete,
                ErrorCategory.ResourceExists,
                target,
                $"'{target}', the output of '{path}', is incomplete or damaged. '{defect.File}': {defect.Problem} Use -Force to replace it.",
                defect));
        }

        Outputs.Claim(target, path, force: true);
        Claim(target);
        return output;
    }
}
