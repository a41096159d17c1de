using System;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using CoreMLQuant.Abstractions;
using CoreMLQuant.Completers;
using CoreMLQuant.Editing.Assembly;
using CoreMLQuant.Editing.Joining;

namespace CoreMLQuant.Commands;

/// <summary>Joins models into one: as functions of an ML Program that share their weights, as a pipeline, or as a detector with non-maximum suppression.</summary>
[Cmdlet(VerbsCommon.Join, "CoreMLModel", DefaultParameterSetName = PathSet, SupportsShouldProcess = true)]
[OutputType(typeof(AssembledModel))]
public sealed class JoinCoreMLModelCommand : AssemblyCommand
{
    private static readonly SuppressionOptions Defaults = new();

    private static readonly string[] SuppressionParameters =
    [
        nameof(IouThreshold), nameof(ConfidenceThreshold), nameof(ClassLabel), nameof(ConfidenceOutput), nameof(CoordinatesOutput), nameof(AcrossClasses),
    ];

    private readonly List<string> _models = [];

    /// <summary>
    /// Joins ML Programs as functions of one, whose equal weights are stored once, and names the functions: as many names as models, in the order of the models. The
    /// result requires iOS 18, macOS 15.
    /// </summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string[] AsFunctions { get; set; } = [];

    /// <summary>The function that is used when an app asks for none.</summary>
    /// <value>The first one</value>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? DefaultFunction { get; set; }

    /// <summary>
    /// Joins models of any type as a pipeline, in their order. Each takes by name what an earlier one outputs; what none of them outputs is an input of
    /// the pipeline.
    /// </summary>
    [Parameter]
    public SwitchParameter AsPipeline { get; set; }

    /// <summary>Outputs of the pipeline.</summary>
    /// <value>What no stage takes</value>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string[] OutputName { get; set; } = [];

    /// <summary>
    /// Appends non-maximum suppression to a detector, which removes boxes that overlap a better one. The detector outputs confidences [boxes, classes] and coordinates
    /// [boxes, 4]. Both thresholds become optional inputs.
    /// </summary>
    [Parameter]
    public SwitchParameter NonMaximumSuppression { get; set; }

    /// <summary>Overlap, as intersection over union, above which the box with the lower confidence is removed, if a prediction does not specify another one.</summary>
    [Parameter]
    [ValidateRange(0.0, 1.0)]
    [ArgumentCompleter(typeof(TypicalValueCompleter))]
    public double IouThreshold { get; set; } = Defaults.IouThreshold;

    /// <summary>Confidence below which a box is removed, if a prediction does not specify another one.</summary>
    [Parameter]
    [ValidateRange(0.0, 1.0)]
    [ArgumentCompleter(typeof(TypicalValueCompleter))]
    public double ConfidenceThreshold { get; set; } = Defaults.ConfidenceThreshold;

    /// <summary>Names of the detector's classes, in the order of the confidences. The Vision framework shows them.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string[] ClassLabel { get; set; } = [];

    /// <summary>The detector's output with the confidences.</summary>
    /// <value>The other array of two dimensions</value>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? ConfidenceOutput { get; set; }

    /// <summary>The detector's output with the coordinates.</summary>
    /// <value>The array with the shape [boxes, 4]</value>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? CoordinatesOutput { get; set; }

    /// <summary>Removes boxes that overlap a better one of another class, too.</summary>
    [Parameter]
    public SwitchParameter AcrossClasses { get; set; }

    /// <inheritdoc/>
    protected override void BeginProcessing()
    {
        bool asFunctions = AsFunctions.Length > 0;
        int ways = new[] { asFunctions, AsPipeline.IsPresent, NonMaximumSuppression.IsPresent }.Count(isAsked => isAsked);
        Refuse(ways != 1, "Specify how to join the models: -AsFunctions, -AsPipeline or -NonMaximumSuppression, and only one of them.");
        RefuseOthers(!asFunctions, "-AsFunctions", nameof(DefaultFunction));
        RefuseOthers(!AsPipeline, "-AsPipeline", nameof(OutputName));
        RefuseOthers(!NonMaximumSuppression, "-NonMaximumSuppression", SuppressionParameters);
        base.BeginProcessing();
    }

    /// <inheritdoc/>
    protected override void ProcessModel(string path) => _models.Add(path);

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        base.EndProcessing();

        // A model that cannot be had would be missing in the result.
        if (HasFailed || _models.Count == 0)
        {
            return;
        }

        if (NonMaximumSuppression)
        {
            _models.ForEach(model => Assemble([model], (files, token) => [ModelJoiner.WithSuppression(files[0], Suppression(), token)]));
        }
        else
        {
            Assemble(_models, (files, token) => [AsPipeline ? ModelJoiner.AsPipeline(files, OutputName, token) : ModelJoiner.AsFunctions(files, AsFunctions, DefaultFunction, token)]);
        }
    }

    private SuppressionOptions Suppression() => new()
    {
        IouThreshold = IouThreshold,
        ConfidenceThreshold = ConfidenceThreshold,
        PerClass = !AcrossClasses,
        ConfidenceOutput = ConfidenceOutput,
        CoordinatesOutput = CoordinatesOutput,
        ClassLabels = ClassLabel,
    };

    private void RefuseOthers(bool isOther, string way, params string[] parameters) =>
        Refuse(
            isOther && Array.Exists(parameters, MyInvocation.BoundParameters.ContainsKey),
            $"-{Array.Find(parameters, MyInvocation.BoundParameters.ContainsKey)} is for {way}.");
}
