using System;
using System.Collections;
using System.IO;
using System.Management.Automation;
using CoreMLQuant.Abstractions;
using CoreMLQuant.Completers;
using CoreMLQuant.Editing;
using CoreMLQuant.Editing.Plans;
using CoreMLQuant.Errors;
using CoreMLQuant.Formatting;
using CoreMLQuant.Models;

namespace CoreMLQuant.Commands;

/// <summary>Changes names, types, shapes, metadata and class labels of models. Weights and what is computed from them stay as they are.</summary>
[Cmdlet(VerbsData.Edit, "CoreMLModel", DefaultParameterSetName = PathSet, SupportsShouldProcess = true)]
[OutputType(typeof(EditResult), typeof(EditPlan))]
public sealed class EditCoreMLModelCommand : ModelOutputCommand
{
    private const string FileSuffix = "_edited";

    private ModelEdits _edits = new();

    /// <summary>
    /// New names of inputs, states and training inputs by their old ones: @{ 'input_1' = 'image' }. They are changed everywhere in the model: in its
    /// description, functions, layers, preprocessing and stages. Names can be exchanged.
    /// </summary>
    [Parameter]
    [ValidateNotNull]
    public IDictionary? RenameInput { get; set; }

    /// <summary>New names of outputs by their old ones: @{ 'var_812' = 'logits' }.</summary>
    [Parameter]
    [ValidateNotNull]
    public IDictionary? RenameOutput { get; set; }

    /// <summary>New names of the functions of an ML Program by their old ones. The function of a model that has only one is always called main.</summary>
    [Parameter]
    [ValidateNotNull]
    public IDictionary? RenameFunction { get; set; }

    /// <summary>The author. An empty string removes the old one.</summary>
    [Parameter]
    [AllowEmptyString]
    public string? Author { get; set; }

    /// <summary>The license. An empty string removes the old one.</summary>
    [Parameter]
    [AllowEmptyString]
    public string? License { get; set; }

    /// <summary>What the model does. An empty string removes the old description.</summary>
    [Parameter]
    [AllowEmptyString]
    public string? Description { get; set; }

    /// <summary>The version of the model, such as 1.2. An empty string removes the old one.</summary>
    [Parameter]
    [AllowEmptyString]
    public string? Version { get; set; }

    /// <summary>Metadata to add or replace: @{ 'com.example.source' = 'https://example.com' }.</summary>
    [Parameter]
    [ValidateNotNull]
    public IDictionary? Metadata { get; set; }

    /// <summary>Keys of metadata to remove. A key that a model does not have is noted in the result.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string[] RemoveMetadata { get; set; } = [];

    /// <summary>Descriptions of inputs, outputs and states by their names after renaming: @{ 'image' = 'A photo of 224x224 pixels.' }.</summary>
    [Parameter]
    [ValidateNotNull]
    public IDictionary? FeatureDescription { get; set; }

    /// <summary>
    /// New types of inputs by their names after renaming: an element type, a shape of sizes and ranges, several shapes, an image, a default value. What a
    /// type does not say stays. Also accepts inputs as Get-CoreMLModel shows them. @{ 'x' = 'Image RGB 224x224 scale=1/255 bias=-0.5' }
    /// </summary>
    [Parameter]
    [ValidateNotNull]
    [ArgumentCompleter(typeof(InputTypeCompleter))]
    public object? InputType { get; set; }

    /// <summary>New types of outputs by their names after renaming, as for -InputType: @{ 'logits' = 'Float16' }.</summary>
    [Parameter]
    [ValidateNotNull]
    [ArgumentCompleter(typeof(OutputTypeCompleter))]
    public object? OutputType { get; set; }

    /// <summary>
    /// A text file with the new class labels of a classifier or a detector: one label a line, in the order of the classes. Their number must be that of
    /// the old ones.
    /// </summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? ClassLabels { get; set; }

    /// <summary>Returns the plan of each edit, with every change, and writes nothing.</summary>
    [Parameter]
    public SwitchParameter PlanOnly { get; set; }

    /// <inheritdoc/>
    protected override void BeginProcessing()
    {
        try
        {
            CheckOutputParameters();
            _edits = ReadEdits();
        }
        catch (PathException e)
        {
            ThrowTerminatingError(e.Error);
        }
        catch (EditException e)
        {
            ThrowTerminatingError(new ErrorRecord(e, ErrorIds.InvalidArgument, ErrorCategory.InvalidArgument, null));
        }

        base.BeginProcessing();
        OpenLog(isWritten: !PlanOnly);
    }

    /// <inheritdoc/>
    private protected override bool IsOutputOfAnother(string path) => SkipExisting && Destination.IsOutput(path, FileSuffix, becomesPackage: false);

    /// <inheritdoc/>
    private protected override void ProcessSource(string path)
    {
        EditResult? result = null;
        ErrorRecord? error = null;
        try
        {
            string target = TargetOf(path, FileSuffix);
            result = !PlanOnly && UpToDateOutput(path, target) is { } existing ? EditResult.ForExisting(path, existing) : Edit(path, target, out error);
        }
        catch (PathException e)
        {
            error = e.Error;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            error = e.ToReadError(path);
        }

        if (error is not null)
        {
            Log(log => log.Append(path, error));
            WriteError(error);
        }
        else if (result is not null)
        {
            Log(log => log.Append(result));
            WriteObject(result);
        }
    }

    private ModelEdits ReadEdits() => new()
    {
        InputNames = NameMap.Of(RenameInput, nameof(RenameInput)),
        OutputNames = NameMap.Of(RenameOutput, nameof(RenameOutput)),
        FunctionNames = NameMap.Of(RenameFunction, nameof(RenameFunction)),
        Author = Author,
        License = License,
        Description = Description,
        Version = Version,
        Metadata = NameMap.Of(Metadata, nameof(Metadata)),
        RemovedMetadata = RemoveMetadata,
        FeatureDescriptions = NameMap.Of(FeatureDescription, nameof(FeatureDescription)),
        InputTypes = TypeMap.Of(InputType, nameof(InputType)),
        OutputTypes = TypeMap.Of(OutputType, nameof(OutputType)),
        ClassLabels = ReadLabels(),
    };

    private System.Collections.Generic.IReadOnlyList<string>? ReadLabels()
    {
        if (ClassLabels is null)
        {
            return null;
        }

        string path = SessionState.Path.Literal(ClassLabels);
        try
        {
            return LabelFile.Read(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new PathException(new ErrorRecord(e, ErrorIds.ReadFailed, ErrorCategory.ReadError, path));
        }
    }

    /// <summary>Plans an edit and carries it out; <see langword="null"/> where there is no result or an error.</summary>
    private EditResult? Edit(string path, string target, out ErrorRecord? error)
    {
        using ModelFile? model = Await(Start((_, token) => ModelFile.Open(path, FollowLinks, token)), e => e.ToReadError(path), out error);
        EditPlan? plan = model is null ? null : Await(Start((_, token) => ModelEditor.Plan(model, _edits, token)), e => e.ToReadError(path), out error);
        if (plan is null)
        {
            return null;
        }

        if (plan.RequiredVersionAfter > plan.RequiredVersionBefore)
        {
            WriteWarning($"'{path}' will require {Platform.RequiredOS(plan.RequiredVersionAfter)} instead of {Platform.RequiredOS(plan.RequiredVersionBefore)}.");
        }

        foreach (string note in plan.Notes)
        {
            WriteVerbose($"'{path}': {note}.");
        }

        if (PlanOnly)
        {
            WriteObject(plan);
            return null;
        }

        bool isWritten = plan.HasChanges || (CopyUnchanged && !InPlace);
        if (isWritten)
        {
            Outputs.Claim(target, path, Force, InPlace);
        }

        if (isWritten && !ShouldProcess(target, ActionOf(plan)))
        {
            Preview(plan);
            return null;
        }

        Claim(target);
        var options = new ModelOutputOptions { Overwrite = OutputOptions.Overwrite, Flush = OutputOptions.Flush, InPlace = InPlace, CopyUnchanged = CopyUnchanged };
        return Await(Start((_, token) => ModelEditor.Run(model!, plan, target, options, ThrottleLimit, token)), e => e.ToWriteError(path), out error);
    }

    private string ActionOf(EditPlan plan) =>
        $"{(plan.HasChanges ? FormattableString.Invariant($"Edit ({plan.Changes.Count} {(plan.Changes.Count == 1 ? "change" : "changes")})") : "Copy (nothing to change)")}{(InPlace ? " and replace the original" : string.Empty)}";

    private void Preview(EditPlan plan)
    {
        if (IsWhatIf)
        {
            WriteInformation(new EditPreview(plan, Screen.WidthOf(Host), IsVerbose), ["PSHOST"]);
        }
    }
}
