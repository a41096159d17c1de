using System.Management.Automation;
using CoreMLQuant.Abstractions;
using CoreMLQuant.Editing.Assembly;
using CoreMLQuant.Editing.Splitting;
using CoreMLQuant.Errors;

namespace CoreMLQuant.Commands;

/// <summary>Splits models: pipelines into their stages, ML Programs into their functions, and an ML Program with one function into two.</summary>
[Cmdlet(VerbsCommon.Split, "CoreMLModel", DefaultParameterSetName = PathSet, SupportsShouldProcess = true)]
[OutputType(typeof(AssembledModel))]
public sealed class SplitCoreMLModelCommand : AssemblyCommand
{
    /// <summary>
    /// Name of the operation that the first of two parts ends with, or of one of its outputs. For ML Programs with one function.
    /// </summary>
    /// <value>Near the middle of the weights, where the least is passed on</value>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? At { get; set; }

    /// <inheritdoc/>
    protected override void BeginProcessing()
    {
        base.BeginProcessing();
        if (Destination.File is { } file)
        {
            ThrowTerminatingError(ErrorRecords.Create(
                ErrorIds.InvalidDestination, ErrorCategory.InvalidArgument, file, $"A model is split into several, and '{file}' is one file. Specify a folder."));
        }
    }

    /// <inheritdoc/>
    protected override void ProcessModel(string path) => Assemble([path], (files, token) => ModelSplitter.Split(files[0], At, token));
}
