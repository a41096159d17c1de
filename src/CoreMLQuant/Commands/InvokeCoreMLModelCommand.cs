using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Management.Automation;
using CoreMLQuant.Abstractions;
using CoreMLQuant.Errors;
using CoreMLQuant.Files;
using CoreMLQuant.Models;
using CoreMLQuant.Running;
using IOPath = System.IO.Path;

namespace CoreMLQuant.Commands;

/// <summary>Runs models on ONNX Runtime: for each sample what comes out, labels of classifiers, and the time it took.</summary>
[Cmdlet(VerbsLifecycle.Invoke, "CoreMLModel", DefaultParameterSetName = PathSet, SupportsShouldProcess = true)]
[OutputType(typeof(ModelRun))]
public sealed class InvokeCoreMLModelCommand : ModelRunCommand
{
    private const string PathSet = "Path";
    private const string LiteralPathSet = "LiteralPath";

    private readonly List<OpenedModel> _models = [];
    private readonly RunOutputs _outputs = new(StringComparer.Ordinal);
    private bool _isInputPiped;
    private bool _hasOpened;
    private SampleInput? _piped;

    /// <summary>Models: .mlmodel files and .mlpackage folders. Wildcards are allowed. Where it is given, what is piped are inputs.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ParameterSetName = PathSet)]
    [ValidateNotNullOrEmpty]
    [SupportsWildcards]
    [ModelPathArgument]
    public string[] Path { get; set; } = [];

    /// <summary>Also searches the subfolders of a folder with models.</summary>
    [Parameter]
    public SwitchParameter Recurse { get; set; }

    /// <summary>Models, their paths taken as they stand: <c>[</c>, <c>*</c> and <c>?</c> are ordinary characters.</summary>
    [Parameter(Mandatory = true, ParameterSetName = LiteralPathSet)]
    [ModelPathArgument]
    [Alias("PSPath", "LP")]
    [ValidateNotNullOrEmpty]
    public string[] LiteralPath { get; set; } = [];

    /// <summary>
    /// Inputs: hashtables by feature name (numbers, lists, text, paths of images, sounds and arrays), files, paths, or a bare value where one input
    /// takes it.
    /// </summary>
    [Parameter(ValueFromPipeline = true)]
    [ValidateNotNull]
    public override object[] InputObject { get; set; } = [];

    /// <summary>Keeps states from one sample to the next: the samples are one sequence.</summary>
    [Parameter]
    public SwitchParameter Sequence { get; set; }

    /// <summary>Writes the outputs of all samples as arrays into an .npz file, too.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? OutputPath { get; set; }

    /// <summary>Replaces what stands at -OutputPath.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <summary>
    /// Does not wait until what -OutputPath names is on disk. For temporary files only: after a power failure or a system crash, it can be
    /// damaged.
    /// </summary>
    [Parameter]
    public SwitchParameter NoFlush { get; set; }

    /// <inheritdoc/>
    protected override void BeginProcessing()
    {
        bool isModelNamed = MyInvocation.BoundParameters.ContainsKey(nameof(Path)) || MyInvocation.BoundParameters.ContainsKey(nameof(LiteralPath));
        bool isInputGiven = ReadInputParameters();
        _isInputPiped = isModelNamed && !isInputGiven && MyInvocation.ExpectingInput;
        if (!isInputGiven && !_isInputPiped)
        {
            ThrowTerminatingError(ErrorRecords.Create(
                ErrorIds.IncompatibleParameters,
                ErrorCategory.InvalidArgument,
                null,
                "No inputs were given. Pipe them in, or use -InputPath, -InputObject or -RandomInput."));
        }

        RequireRuntime();
    }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        if (!_isInputPiped)
        {
            foreach (string model in Models())
            {
                using OpenedModel? opened = Open(model);
                if (opened is not null)
                {
                    RunAll(opened, GivenSamples);
                    Save(opened);
                }
            }

            return;
        }

        OpenNamed();
        _piped ??= NewInput();
        foreach (object item in InputObject)
        {
            if (!_piped.IsSample(item))
            {
                WriteVerbose($"'{item}' is no sample by its name; passed over.");
                continue;
            }

            _models.ForEach(opened => RunAll(opened, features => _piped.Of(item, features)));
        }
    }

    /// <inheritdoc/>
    protected override void EndProcessing() => _models.ForEach(Save);

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        _models.ForEach(opened => opened.Dispose());
        _models.Clear();
        base.Dispose(disposing);
    }

    private IEnumerable<string> Models() => ParameterSetName == LiteralPathSet
        ? LiteralPath.SelectMany(text => ResolveModels(text, isLiteral: true)).SelectMany(ModelsAt)
        : Path.SelectMany(text => ResolveModels(text, LiteralPaths.Contains(text))).SelectMany(ModelsAt);

    private IEnumerable<string> ModelsAt(string path) => Directory.Exists(path) && !ModelPaths.IsModelPath(path) && IOPath.GetExtension(path) != ".mlmodelc"
        ? ModelFolder.FindModels(path, Recurse, (folder, e) => WriteError(e.ToReadError(folder)))
        : [path];

    // Once for all that is piped.
    private void OpenNamed()
    {
        if (!_hasOpened)
        {
            _hasOpened = true;
            foreach (string model in Models())
            {
                if (Open(model) is { } opened)
                {
                    _models.Add(opened);
                }
            }
        }
    }

    private OpenedModel? Open(string path)
    {
        RunSettings settings = Settings with { IsSequence = Sequence };
        return Run((_, token) => new OpenedModel(Runtime.Open(path, settings, token), keepsRuns: OutputPath is not null), e => e.ToReadError(path));
    }

    private void RunAll(OpenedModel opened, Func<RunFeatures, IEnumerable<RunSample>> read)
    {
        string path = opened.Model.Path;
        SampleReading? reading = Run((_, _) => new SampleReading(read(opened.Model.Features)), e => e.ToReadError(path));
        using (reading)
        {
            while (reading is not null && Run((_, _) => reading.Next(), e => e.ToReadError(path)) is { Sample: { } sample })
            {
                ModelRun? run = Run((_, token) => opened.Run(sample, token), e => e.ToReadError(path));
                if (run is not null)
                {
                    WriteObject(run);
                    if (run.Warnings.Count > 0)
                    {
                        WriteWarning($"'{path}': '{sample.Name}': {string.Join(" ", run.Warnings)}");
                    }

                    WriteVerbose(string.Format(CultureInfo.InvariantCulture, "'{0}': {1} in {2:0.0} ms.", path, sample.Name, run.Elapsed.TotalMilliseconds));
                }
            }
        }
    }

    private void Save(OpenedModel opened)
    {
        if (OutputPath is null || opened.Runs.Count == 0)
        {
            return;
        }

        string target;
        try
        {
            target = _outputs.Claim(SessionState.Path.Literal(OutputPath), opened.Model.Path, Force);
        }
        catch (PathException e)
        {
            WriteError(e.Error);
            return;
        }

        if (ShouldProcess(target, $"Write the outputs of '{opened.Model.Path}'"))
        {
            Save(target, () => Write(target, opened.Runs));
        }
    }

    private bool Write(string target, IReadOnlyList<ModelRun> runs) => NewFolder.With(
        IOPath.GetDirectoryName(target)!, () => Runtime.WriteOutputs(target, runs, new OutputOptions { Overwrite = Force, Flush = !NoFlush }));
}
