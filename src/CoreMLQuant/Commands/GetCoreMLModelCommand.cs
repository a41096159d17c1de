using System.Management.Automation;
using CoreMLQuant.Abstractions;
using CoreMLQuant.Completers;
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
    /// <summary>
    /// Only one of several parts of the models, for several machines: 3/16 is the third of sixteen parts. A model's part depends on its path
    /// in the folder, and on nothing else, so that the parts are the same on every machine and together are all models.
    /// </summary>
    [Parameter]
    [ArgumentCompleter(typeof(TypicalValueCompleter))]
    public Shard? Shard { get; set; }

    /// <inheritdoc/>
    protected override void ProcessModel(string path)
    {
        if (Shard is { } shard && !shard.Contains(SearchedFolder is { } folder ? path.Substring(folder.Length).TrimStart(IOPath.DirectorySeparatorChar) : IOPath.GetFileName(path)))
        {
            return;
        }

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
    private protected override void ProcessFolder(string path, bool isNamed) => TakeModelsOf(path, isNamed);
}
