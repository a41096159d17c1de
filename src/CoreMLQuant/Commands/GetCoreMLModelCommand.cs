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
    private protected override void ProcessFolder(string path, bool isNamed) => TakeModelsOf(path, isNamed);
}
