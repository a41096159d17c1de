using System;
using System.Management.Automation;
using CoreMLQuant.Abstractions;
using CoreMLQuant.Errors;
using CoreMLQuant.Inspection;
using CoreMLQuant.Models;
using IOPath = System.IO.Path;

namespace CoreMLQuant.Commands;

/// <summary>Describes models, and finds them in folders. Does not read weights.</summary>
[Cmdlet(VerbsCommon.Get, "CoreMLModel", DefaultParameterSetName = PathSet)]
[OutputType(typeof(CoreMLModel))]
public sealed class GetCoreMLModelCommand : ModelPathCommand
{
    // The folder that is searched, with a separator at its end.
    private string? _root;

    /// <summary>Also searches the subfolders of a folder.</summary>
    [Parameter]
    public SwitchParameter Recurse { get; set; }

    /// <summary>
    /// Only one of several parts of the models, for several machines: 3/16 is the third of sixteen parts. A model's part depends on its path
    /// in the folder, and on nothing else, so that the parts are the same on every machine and together are all models.
    /// </summary>
    [Parameter]
    public Shard? Shard { get; set; }

    /// <inheritdoc/>
    protected override void ProcessModel(string path)
    {
        if (Shard is { } shard && !shard.Contains(_root is not null && path.StartsWith(_root, StringComparison.Ordinal) ? path.Substring(_root.Length) : IOPath.GetFileName(path)))
        {
            return;
        }

        CoreMLModel? model = Run(
            (_, _) =>
            {
                using ModelFile file = ModelFile.Open(path, FollowLinks);
                return file.Describe();
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
        _root = path.TrimEnd(IOPath.DirectorySeparatorChar) + IOPath.DirectorySeparatorChar;
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
