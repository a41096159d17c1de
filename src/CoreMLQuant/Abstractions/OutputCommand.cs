using System.Collections.Generic;
using System.Management.Automation;
using CoreMLQuant.Files;

namespace CoreMLQuant.Abstractions;

/// <summary>A cmdlet that writes something for each model: where to, in the place of what, and whether it waits until it is on disk.</summary>
public abstract class OutputCommand : ModelPathCommand
{
    /// <summary>
    /// A folder, which is created if it does not exist, or the path of a file or package for a single input. By default, the output is written
    /// next to its model.
    /// </summary>
    [Parameter]
    [Alias("OutputPath", "Destination")]
    [ValidateNotNullOrEmpty]
    public string? DestinationPath { get; set; }

    /// <summary>Replaces an existing file or folder at the destination.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <summary>
    /// Does not wait until the output is on disk. For temporary files only: after a power failure or a system crash, the output can be
    /// damaged.
    /// </summary>
    [Parameter]
    public SwitchParameter NoFlush { get; set; }

    /// <summary>What the name of an output ends in; any other -DestinationPath is a folder.</summary>
    private protected abstract IReadOnlyList<string> Extensions { get; }

    /// <summary>Where the outputs go.</summary>
    private protected Destination Destination { get; private set; } = Destination.BesideSource;

    /// <summary>The outputs of this run so far.</summary>
    private protected RunOutputs Outputs { get; } = new(PathComparer);

    /// <summary>How an output takes its place.</summary>
    private protected OutputOptions OutputOptions => new() { Overwrite = Force, Flush = !NoFlush };

    /// <inheritdoc/>
    protected override void BeginProcessing()
    {
        try
        {
            if (DestinationPath is not null)
            {
                Destination = Destination.Parse(SessionState.Path, DestinationPath, Extensions);
            }
        }
        catch (PathException e)
        {
            ThrowTerminatingError(e.Error);
        }
    }

    /// <summary>Takes the path of an output that is a file of another kind than its model; writes the error and gives <see langword="null"/> where there is none.</summary>
    /// <param name="model">Full path of the model that it is about.</param>
    /// <param name="fileSuffix">What is put behind the model's name, with the extension.</param>
    private protected string? TakeTarget(string model, string fileSuffix)
    {
        if (Outputs.Admit(Destination, model) is { } error)
        {
            WriteError(error);
            return null;
        }

        try
        {
            return Outputs.Claim(Destination.For(model, fileSuffix), model, Force);
        }
        catch (PathException e)
        {
            WriteError(e.Error);
            return null;
        }
    }
}
