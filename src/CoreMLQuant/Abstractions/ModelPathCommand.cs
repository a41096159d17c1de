using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Management.Automation;
using System.Runtime.InteropServices;
using CoreMLQuant.Errors;
using CoreMLQuant.Models;

namespace CoreMLQuant.Abstractions;

/// <summary>A cmdlet on models: finds them, processes each once, and continues after writing an error record for a model that fails.</summary>
public abstract class ModelPathCommand : EngineCommand
{
    private protected const string PathSet = "Path";
    private protected const string LiteralPathSet = "LiteralPath";

    private protected static readonly StringComparer PathComparer = RuntimeInformation.IsOSPlatform(OSPlatform.Windows)
        ? StringComparer.OrdinalIgnoreCase
        : StringComparer.Ordinal;

    private readonly HashSet<string> _taken = new(PathComparer);
    private string? _passedOver;
    private int _modelCount;

    /// <summary>
    /// Models: .mlmodel files, .mlpackage folders and compiled .mlmodelc folders, or folders with models. Wildcards are allowed. Objects with a property Path, PSPath,
    /// FullName or ModelPath stand for the model at that literal path.
    /// </summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ParameterSetName = PathSet)]
    [ModelPathArgument]
    [ValidateNotNullOrEmpty]
    [SupportsWildcards]
    public virtual string[] Path { get; set; } = [];

    /// <summary>Models by literal path: <c>[</c>, <c>*</c> and <c>?</c> are ordinary characters.</summary>
    [Parameter(Mandatory = true, ParameterSetName = LiteralPathSet)]
    [ModelPathArgument]
    [Alias("PSPath", "LP")]
    [ValidateNotNullOrEmpty]
    public string[] LiteralPath { get; set; } = [];

    /// <summary>Also searches the subfolders of a folder.</summary>
    [Parameter]
    public SwitchParameter Recurse { get; set; }

    /// <summary>
    /// Follows links that lead out of a model. Without it, links to files in the same package or Hugging Face cache are followed, and others
    /// are an error. Links to folders never are.
    /// </summary>
    [Parameter]
    public SwitchParameter FollowLinks { get; set; }

    /// <summary>Does the cmdlet's work on one model.</summary>
    /// <param name="path">Full path of the model.</param>
    protected abstract void ProcessModel(string path);

    /// <summary>Handles a folder that is not a model: takes the models in it if the user named it.</summary>
    /// <param name="path">Full path of the folder.</param>
    /// <param name="isNamed">Whether the user named the folder. What was swept up along with models may hold anything, such as the outputs of the last run.</param>
    private protected virtual void ProcessFolder(string path, bool isNamed)
    {
        if (isNamed)
        {
            TakeModelsOf(path, isNamed);
        }
        else
        {
            PassOver(path);
        }
    }

    /// <summary>The folder whose models are being taken; <see langword="null"/> for a model that was named itself.</summary>
    private protected string? SearchedFolder { get; private set; }

    /// <summary>Takes the models in a folder as they are found.</summary>
    private protected void TakeModelsOf(string folder, bool isNamed)
    {
        bool isEmpty = true;
        SearchedFolder = folder;
        foreach (string model in ModelFolder.FindModels(folder, Recurse, (unreadable, e) => WriteError(e.ToReadError(unreadable))))
        {
            isEmpty = false;
            Settle(model);
            TakeModel(model, isOnlyOne: false);
        }

        SearchedFolder = null;

        if (isEmpty && isNamed)
        {
            WriteWarning($"'{folder}' does not contain a model." + (Recurse ? string.Empty : " Use -Recurse to search its subfolders."));
        }
    }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        bool isLiteral = ParameterSetName == LiteralPathSet;
        string[] texts = isLiteral ? LiteralPath : Path;
        if (!MyInvocation.ExpectingInput)
        {
            Expect(texts.SelectMany(text => SessionState.Path.Models(text, isLiteral || LiteralPaths.Contains(text), Recurse)).Distinct(PathComparer));
        }

        foreach (string text in texts)
        {
            foreach (InputPath input in Resolve(text, isLiteral || LiteralPaths.Contains(text)))
            {
                ProcessInput(input);
            }
        }
    }

    /// <summary>Told of all models before the first one, when they were named and do not come through the pipeline.</summary>
    /// <param name="paths">Full paths of what is named as a model is, found while they are enumerated.</param>
    private protected virtual void Expect(IEnumerable<string> paths)
    {
    }

    /// <summary>Told of a path before it is looked at, so that a cmdlet that has not decided yet whether to write there does.</summary>
    private protected virtual void Settle(string path)
    {
    }

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        if (_modelCount == 0 && _passedOver is not null)
        {
            WriteWarning($"No model was found: '{_passedOver}' is not a model. To find models in folders, use Get-CoreMLModel -Recurse.");
        }
    }

    /// <summary>Whether a model that was found among others is the output of another one, and so no input.</summary>
    /// <param name="path">Full path of the model.</param>
    private protected virtual bool IsOutputOfAnother(string path) => false;

    /// <summary>Processes a model, unless this run has already processed it.</summary>
    /// <param name="path">Full path of the model.</param>
    /// <param name="isOnlyOne">Whether it is the only one that the user named, so that it is meant whatever else it is.</param>
    private void TakeModel(string path, bool isOnlyOne)
    {
        _modelCount++;
        if (!isOnlyOne && IsOutputOfAnother(path))
        {
            WriteVerbose($"Skipped '{path}': it is the output of another model.");
        }
        else if (Claim(path))
        {
            ProcessModel(path);
        }
    }

    /// <summary>Processes a model that is named by something else than its path.</summary>
    /// <param name="path">Full path of the model.</param>
    private protected void ProcessNamed(string path) => ProcessInput(new InputPath(path, IsNamed: true));

    /// <summary>Marks a path as dealt with; <see langword="false"/> when it was. What a run wrote is not its own next input.</summary>
    private protected bool Claim(string path) => _taken.Add(path);

    /// <summary>Notes that an input from a wildcard or the pipeline is not a model.</summary>
    private protected void PassOver(string path)
    {
        _passedOver ??= path;
        WriteVerbose($"Skipped '{path}': it is not a model.");
    }

    private IReadOnlyList<InputPath> Resolve(string text, bool isLiteral)
    {
        try
        {
            IReadOnlyList<InputPath> inputs = SessionState.Path.Inputs(text, isLiteral, isPiped: MyInvocation.ExpectingInput);
            if (inputs.Count == 0)
            {
                WriteWarning($"Nothing matches '{text}'. Use -LiteralPath for a name that contains brackets.");
            }

            return inputs;
        }
        catch (PathException e)
        {
            if (IsUnderWay(e.Error.TargetObject as string))
            {
                _modelCount++;
            }
            else
            {
                WriteError(e.Error);
            }

            return [];
        }
    }

    /// <summary>Whether a path that leads nowhere is that of an output of this run that is not in its place yet.</summary>
    private bool IsUnderWay(string? path)
    {
        if (path is not null)
        {
            Settle(path);
        }

        return path is not null && _taken.Contains(path);
    }

    private bool IsOnlyOne(InputPath input) => input.IsNamed && !MyInvocation.ExpectingInput && Path.Length + LiteralPath.Length == 1;

    private void ProcessInput(InputPath input)
    {
        string path = ModelPaths.ContainingPackage(input.FullPath) ?? input.FullPath;
        Settle(path);
        bool isFolder = Directory.Exists(path);
        if (_taken.Contains(path))
        {
            TakeModel(path, IsOnlyOne(input));
        }
        else if (!isFolder && !NamedModels.IsThere(path))
        {
            WriteError(ErrorRecords.NotFound(path));
        }
        else if (!input.IsNamed && ModelPaths.IsBeingWritten(path))
        {
            PassOver(path);
        }
        else if (ModelPaths.IsModelPath(path))
        {
            TakeModel(path, IsOnlyOne(input));
        }
        else if (isFolder)
        {
            ProcessFolder(path, input.IsNamed);
        }
        else if (input.IsNamed)
        {
            // The engine says best what it is instead of a model.
            TakeModel(path, IsOnlyOne(input));
        }
        else
        {
            PassOver(path);
        }
    }
}
