using System;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using System.Threading;
using CoreMLQuant.Calibration.Collecting;
using CoreMLQuant.Completers;
using CoreMLQuant.Conversion;
using CoreMLQuant.Models;
using CoreMLQuant.Planning;
using CoreMLQuant.Recipes;
using CoreMLQuant.Running;
using CoreMLQuant.Sensitivity;
using CoreMLQuant.Sensitivity.Budget;

namespace CoreMLQuant.Abstractions;

/// <summary>A conversion that can look at data: at what the weights of a model are multiplied with when samples run through it.</summary>
public abstract class CalibratedCommand : WeightConversionCommand
{
    private static readonly string[] NeedSamples = [nameof(Count), nameof(Seed), nameof(Resize)];

    private const string OneModel = "-StatisticsPath is a file for the statistics of one model, and there are several models. Run the cmdlet once for each model, with a file of its own.";

    private CalibrationData? _data;
    private bool _hasModel;

    /// <summary>
    /// Calibrates with samples: .npz, .npy, .csv, .json, .wav, .png, .jpg or .bmp files, or folders of such files. They run through the model, and what its weights
    /// are multiplied with decides how the weights are compressed. Wildcards are allowed. Requires PowerShell 7.6.
    /// </summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [SupportsWildcards]
    public string[] InputPath { get; set; } = [];

    /// <summary>Calibrates with samples that are given as hashtables by feature name, files, or paths.</summary>
    [Parameter]
    [ValidateNotNull]
    public object[] InputObject { get; set; } = [];

    /// <summary>Maximum number of samples to calibrate with. Where there are more, -Seed chooses.</summary>
    /// <value>All</value>
    [Parameter]
    [ValidateRange(1, 1_000_000)]
    [ArgumentCompleter(typeof(TypicalValueCompleter))]
    public int Count { get; set; }

    /// <summary>Chooses the samples if there are more than -Count: the same seed chooses the same.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(TypicalValueCompleter))]
    public int Seed { get; set; }

    /// <summary>What becomes of images whose size is not the input's. Without it, they are refused.</summary>
    [Parameter]
    public ImageResize Resize { get; set; }

    /// <summary>
    /// An .npz file for the statistics of calibration. If it exists and belongs to the model, it is read instead of running the samples; otherwise it is
    /// written, so that several recipes share one calibration. A calibration that was stopped continues from it.
    /// </summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? StatisticsPath { get; set; }

    /// <summary>Whether there is anything to calibrate with.</summary>
    private protected bool HasCalibration => _data is not null;

    /// <summary>What the bounds are called that keep activations as floats where the outputs require it.</summary>
    private protected virtual BoundNames ActivationBounds => BoundNames.Parameters;

    // One model at a time runs: each may take most of the memory.
    private protected override bool IsOneByOne => _data is not null;

    /// <inheritdoc/>
    protected override void BeginProcessing()
    {
        bool hasSamples = InputPath.Length > 0 || MyInvocation.BoundParameters.ContainsKey(nameof(InputObject));
        Refuse(InputPath.Length > 0 && MyInvocation.BoundParameters.ContainsKey(nameof(InputObject)), "-InputPath and -InputObject both give inputs. Use one of them.");
        string? alone = hasSamples ? null : Array.Find(NeedSamples, MyInvocation.BoundParameters.ContainsKey);
        Refuse(alone is not null, $"-{alone} is about the samples to calibrate with, and there are none. Use -InputPath or -InputObject.");
        if (hasSamples || StatisticsPath is not null)
        {
            _data = NewData(hasSamples);
        }

        base.BeginProcessing();
    }

    /// <inheritdoc/>
    private protected override void Expect(IEnumerable<string> paths)
    {
        string[] models = paths.ToArray();
        Refuse(StatisticsPath is not null && models.Count(path => !IsOutputOfAnother(path)) > 1, OneModel);
        base.Expect(models);
    }

    /// <inheritdoc/>
    private protected override void ProcessSource(string path)
    {
        // What comes through the pipeline is not known before: the first model has hardly begun.
        Refuse(StatisticsPath is not null && _hasModel, OneModel);
        _hasModel = true;
        base.ProcessSource(path);
    }

    /// <inheritdoc/>
    private protected override CompressionPlan Plan(Action<Action> post, ModelFile model, CompressionRecipe recipe, CancellationToken cancellationToken)
    {
        if (_data is not { } data)
        {
            return base.Plan(post, model, recipe, cancellationToken);
        }

        // What goes wrong, and what changes nothing, is known before the samples run.
        if (CalibrationNeeds.CanPlanWithout(model, recipe) && ModelCompressor.Plan(model, recipe, cancellationToken) is { HasChanges: false } unchanged)
        {
            return unchanged;
        }

        var progress = new CalibrationReporter(this, post);
        try
        {
            return Plan(data, post, progress, model, recipe, cancellationToken);
        }
        finally
        {
            post(progress.Complete);
        }
    }

    /// <inheritdoc/>
    private protected override void Look(Action<Action> post, PendingConversion conversion, CancellationToken cancellationToken)
    {
        if (_data is { Runtime: { } runtime, Samples: { } samples } data)
        {
            var progress = new CalibrationReporter(this, "Comparing outputs", post);
            try
            {
                var measurement = new OutputMeasurement(runtime, data.Settings, samples) { BoundNames = ActivationBounds };
                foreach (string remark in measurement.Measure(conversion, data.Options, progress, cancellationToken))
                {
                    post(() => WriteWarning($"'{conversion.SourcePath}': {remark}."));
                }
            }
            finally
            {
                post(progress.Complete);
            }
        }
    }

    /// <summary>Plans a model with data. Called on a worker.</summary>
    private protected virtual CompressionPlan Plan(
        CalibrationData data, Action<Action> post, CalibrationReporter progress, ModelFile model, CompressionRecipe recipe, CancellationToken cancellationToken)
    {
        if (ActivationBudget.IsFor(recipe) && data is { Runtime: { } runtime, Samples: { } samples })
        {
            return Plan(new ActivationBudget(runtime, data.Settings, samples), data.Options, post, progress, model, recipe, cancellationToken);
        }

        CalibrationResult calibration = new Calibrator(data.Runtime, data.Settings, data.Samples)
            .Calibrate(model, CalibrationNeeds.For(data.Options, model, recipe), progress, cancellationToken);
        try
        {
            CompressionPlan plan = ModelCompressor.Plan(model, recipe, calibration.Statistics, cancellationToken);
            calibration = calibration.For(plan);
            return plan with { Warnings = [.. calibration.Warnings, .. plan.Warnings], Notes = [.. calibration.Notes, .. plan.Notes] };
        }
        catch
        {
            // A plan would have taken the files over that they are in.
            calibration.Statistics.Dispose();
            throw;
        }
    }

    private CompressionPlan Plan(
        ActivationBudget budget, CalibrationOptions options, Action<Action> post, CalibrationReporter progress, ModelFile model, CompressionRecipe recipe, CancellationToken cancellationToken)
    {
        var measuring = new SensitivityReporter(this, post);
        try
        {
            return budget.Plan(model, recipe, options, progress, measuring, cancellationToken);
        }
        finally
        {
            post(measuring.Complete);
        }
    }

    private CalibrationData NewData(bool hasSamples)
    {
        string[] paths;
        string? statistics;
        try
        {
            paths = SessionState.Path.Samples(InputPath);
            statistics = StatisticsPath is null ? null : SessionState.Path.Literal(StatisticsPath);
        }
        catch (PathException e)
        {
            ThrowTerminatingError(e.Error);
            throw;
        }

        var settings = new RunSettings { FollowLinks = FollowLinks, Resize = Resize };
        var options = new CalibrationOptions
        {
            Count = MyInvocation.BoundParameters.ContainsKey(nameof(Count)) ? Count : null,
            Seed = Seed,
            StatisticsPath = statistics,
            IsReadOnly = PlanOnly || IsWhatIf,
        };
        if (!hasSamples)
        {
            return new CalibrationData(null, settings, options, null);
        }

        IModelRuntime runtime = LoadRuntime();
        return new CalibrationData(runtime, settings, options, new GivenInputs(runtime, paths, InputObject, text => Ask(() => SessionState.Path.Literal(text))).Read);
    }
}
