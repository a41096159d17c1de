using System;
using System.Diagnostics;
using System.IO;
using System.Threading;
using CoreMLQuant.Editing.Descriptions;
using CoreMLQuant.Editing.Names;
using CoreMLQuant.Editing.Plans;
using CoreMLQuant.Editing.Types;
using CoreMLQuant.Errors;
using CoreMLQuant.Files;
using CoreMLQuant.Models;

namespace CoreMLQuant.Editing;

/// <summary>Plans what edits change in a model, and makes the changes.</summary>
public static class ModelEditor
{
    /// <summary>Decides about every change. Writes nothing.</summary>
    /// <param name="model">The open model; it stays as it is.</param>
    /// <param name="edits">What to change.</param>
    /// <param name="cancellationToken">Stops planning.</param>
    /// <exception cref="CoreMLFormatException">The model breaks a rule of the format.</exception>
    /// <exception cref="EditException">The model does not allow an edit.</exception>
    public static EditPlan Plan(ModelFile model, ModelEdits edits, CancellationToken cancellationToken = default)
    {
        model.Container.NoteState(cancellationToken);
        var builder = new EditBuilder(model);
        FunctionNames.Rename(builder, edits.FunctionNames);
        ModelNames.Rename(builder, edits.InputNames, edits.OutputNames);
        cancellationToken.ThrowIfCancellationRequested();
        var metadata = new MetadataEditor(builder);
        metadata.Set("author", edits.Author, data => data.Author, (data, text) => data.Author = text);
        metadata.Set("license", edits.License, data => data.License, (data, text) => data.License = text);
        metadata.Set("description", edits.Description, data => data.ShortDescription, (data, text) => data.ShortDescription = text);
        metadata.Set("version", edits.Version, data => data.VersionString, (data, text) => data.VersionString = text);
        metadata.Remove(edits.RemovedMetadata);
        metadata.Set(edits.Metadata);
        FeatureTexts.Set(builder, edits.FeatureDescriptions);
        TypeEditor.Change(builder, edits.InputTypes, edits.OutputTypes);
        if (edits.ClassLabels is { } labels)
        {
            new ClassLabelEditor(builder, labels).Run();
        }

        return builder.Build();
    }

    /// <summary>
    /// Executes a plan: writes the new model next to the destination, checks it there, flushes it to disk and renames it into
    /// place. A plan without changes writes nothing, or a copy of the model. When the destination is the model itself, its files are closed first.
    /// </summary>
    /// <param name="model">The model that was planned, still open.</param>
    /// <param name="plan">The plan.</param>
    /// <param name="destinationPath">Full path of the .mlmodel file or .mlpackage folder to write.</param>
    /// <param name="options">How the model takes its place.</param>
    /// <param name="workers">Number of workers that write at the same time; 0 for one for each processor.</param>
    /// <param name="cancellationToken">Stops the run; the destination then is as it was.</param>
    /// <exception cref="DestinationExistsException">The destination exists and must not be replaced.</exception>
    /// <exception cref="DestinationIsSourceException">The destination is the model itself and must not be replaced.</exception>
    /// <exception cref="IOException">The model cannot be written.</exception>
    /// <exception cref="OperationCanceledException">The run was stopped.</exception>
    public static EditResult Run(
        ModelFile model, EditPlan plan, string destinationPath, ModelOutputOptions options, int workers = 0, CancellationToken cancellationToken = default)
    {
        Stopwatch time = Stopwatch.StartNew();
        string destination = StagedModel.FullPath(destinationPath);
        bool isInPlace = SamePath.Is(destination, model.Path);
        if (!plan.HasChanges && (isInPlace || !options.CopyUnchanged))
        {
            return Result(plan, EditStatus.Unchanged, plan.SourcePath) with { Reason = EditPlan.NothingToChange };
        }

        using StagedModel staged = StagedModel.Write(
            model, plan.Output, plan.Form, destination, options, path => OutputWriter.Write(plan.Output, path, workers, null, null, cancellationToken), cancellationToken);
        bool isConfirmed = staged.Commit();
        return Result(plan, plan.HasChanges ? EditStatus.Edited : EditStatus.Copied, destination) with
        {
            IsSourceReplaced = isInPlace,
            Notes = isConfirmed ? plan.Notes : [.. plan.Notes, OutputOptions.NotConfirmed],
            Elapsed = time.Elapsed,
        };
    }

    private static EditResult Result(EditPlan plan, EditStatus status, string path) => new()
    {
        Path = path,
        SourcePath = plan.SourcePath,
        Status = status.ToString(),
        Format = plan.Format.ToString(),
        Changes = plan.Changes,
        Before = plan.SizeBefore,
        After = plan.SizeAfter,
        SpecificationVersionBefore = plan.SpecificationVersionBefore,
        SpecificationVersionAfter = plan.SpecificationVersionAfter,
        RequiredOSBefore = Platform.RequiredOS(plan.RequiredVersionBefore),
        RequiredOS = Platform.RequiredOS(plan.RequiredVersionAfter),
        Notes = plan.Notes,
        Elapsed = TimeSpan.Zero,
    };
}
