using System.Management.Automation;
using CoreMLQuant.Abstractions;
using CoreMLQuant.Errors;
using CoreMLQuant.Inspection;
using CoreMLQuant.Models;

namespace CoreMLQuant.Commands;

/// <summary>Describes models, and finds them in folders. Does not read weights.</summary>
[Cmdlet(VerbsCommon.Get, "CoreMLModel", DefaultParameterSetName = PathSet)]
[OutputType(typeof(CoreMLModel))]
public sealed class GetCoreMLModelCommand : ModelPathCommand
{
    /// <summary>Also searches the subfolders of a folder.</summary>
    [Parameter]
    public SwitchParameter Recurse { get; set; }

    /// <inheritdoc/>
    protected override void ProcessModel(string path)
    {
        CoreMLModel? model = Run(
            (_, token) =>
            {
                using ModelFile file = ModelFile.Open(path, FollowLinks, token);
                return file.Describe(token);
            },
            e => e.ToReadError(path));
        if (model is not null)
        {
            WriteObject(model);
        }
    }

    /// <inheritdoc/>
    protected override void ProcessFolder(string path, bool isNamed)
    {
        bool isEmpty = true;
        foreach (string model in ModelFolder.FindModels(path, Recurse, (folder, e) => WriteError(e.ToReadError(folder))))
        {
            // What is found is written at once.
            isEmpty = false;
            TakeModel(model);
        }

        if (isEmpty && isNamed)
        {
            WriteWarning($"'{path}' does not contain a model." + (Recurse ? string.Empty : " Use -Recurse to search its subfolders."));
        }
    }
}
