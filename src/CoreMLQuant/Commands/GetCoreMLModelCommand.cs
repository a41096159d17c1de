using System.Management.Automation;
using CoreMLQuant.Abstractions;
using CoreMLQuant.Errors;
using CoreMLQuant.Inspection;
using CoreMLQuant.Models;

namespace CoreMLQuant.Commands;

/// <summary>Describes models, and finds them in folders. No weights are read.</summary>
[Cmdlet(VerbsCommon.Get, "CoreMLModel", DefaultParameterSetName = PathSet)]
[OutputType(typeof(CoreMLModel))]
public sealed class GetCoreMLModelCommand : ModelPathCommand
{
    /// <summary>Looks in the subfolders of a folder too.</summary>
    [Parameter]
    public SwitchParameter Recurse { get; set; }

    /// <inheritdoc/>
    protected override void ProcessModel(string path)
    {
        CoreMLModel? model = Run(
            (_, _) =>
            {
                using ModelFile file = ModelFile.Open(path);
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
        if (Walk(path) == 0 && isNamed)
        {
            WriteWarning($"'{path}' holds no model." + (Recurse ? string.Empty : " Use -Recurse to look in its subfolders."));
        }
    }

    // Folder by folder: what is found is written at once, and a folder that cannot be read is one error and not the end.
    private int Walk(string folder)
    {
        FolderContents? contents = Run((_, _) => FolderContents.Read(folder), e => e.ToReadError(folder));
        if (contents is null)
        {
            return 0;
        }

        int count = contents.Models.Count;
        contents.Models.ForEach(TakeModel);
        if (Recurse)
        {
            contents.Folders.ForEach(subfolder => count += Walk(subfolder));
        }

        return count;
    }
}
