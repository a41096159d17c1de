using System;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using System.Threading;
using CoreMLQuant.Abstractions;
using CoreMLQuant.Completers;
using CoreMLQuant.Conversion;
using CoreMLQuant.Models;
using CoreMLQuant.Planning;
using CoreMLQuant.Recipes;
using CoreMLQuant.Recipes.Files;
using CoreMLQuant.Results;
using CoreMLQuant.Sensitivity;
using CoreMLQuant.Sensitivity.Budget;

namespace CoreMLQuant.Commands;

/// <summary>Compresses by a recipe: different weights in different ways, several steps in one pass, or to a budget.</summary>
[Cmdlet(VerbsCommon.Optimize, "CoreMLModel", DefaultParameterSetName = PathSet, SupportsShouldProcess = true)]
[OutputType(typeof(ConversionResult), typeof(ConversionPlan))]
public sealed class OptimizeCoreMLModelCommand : OutputBoundCommand
{
    private const string SensitivitySet = "Sensitivity";

    private readonly List<WeightSensitivity> _rows = [];
    private ILookup<string, WeightSensitivity>? _rowsByModel;
    private OptimizationRecipe? _recipe;

    /// <summary>
    /// Compresses only these weights: rows of Measure-CoreMLSensitivity, of one model or several. With -Recipe or -Preset, the recipe applies to them; without, each weight is compressed as it
    /// was measured. A budget chooses among the recipes of a weight.
    /// </summary>
    [Parameter(Mandatory = true, ValueFromPipeline = true, ParameterSetName = SensitivitySet)]
    [SensitivityArgument]
    [ValidateNotNullOrEmpty]
    public WeightSensitivity[] Sensitivity { get; set; } = [];

    /// <summary>A hashtable, or the path of a .psd1, .json, .yaml or .yml file, including an OptimizationConfig of coremltools.</summary>
    [Parameter]
    [ValidateNotNull]
    [ArgumentCompleter(typeof(RecipeFileCompleter))]
    public object? Recipe { get; set; }

    /// <summary>
    /// The name of a recipe that comes with the module, such as NeuralEngine16 or SmallestiOS18. Its files are in the folder module/presets. A preset for
    /// a newer system than the model's raises the opset to that of the system, with a warning.
    /// </summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(PresetCompleter))]
    public string? Preset { get; set; }

    /// <summary>
    /// Maximum size of the model on disk, such as 60MB. Chooses the encodings with the smallest error of the weights. With samples (-InputPath or -InputObject), chooses those with the smallest
    /// error of the model's outputs, and measures it on samples that are held out: one of every four. Half of eight samples or more calibrate, and the others choose; what is chosen is encoded by both.
    /// </summary>
    /// <value>None</value>
    [Parameter]
    [ByteSizeArgument]
    [ArgumentCompleter(typeof(TypicalValueCompleter))]
    public long TargetSize { get; set; }

    /// <summary>
    /// Minimum signal-to-noise ratio of every weight, in dB. Chooses the encodings with the smallest size. With samples, the bound and the size are the same; errors are compensated for the outputs of the
    /// layers as far as the bound allows. -MinimumOutputSnr is the bound on what comes out.
    /// </summary>
    /// <value>None</value>
    [Parameter]
    [ArgumentCompleter(typeof(TypicalValueCompleter))]
    public double MinimumSnr { get; set; }

    /// <inheritdoc/>
    private protected override bool HasRecipePerModel => Recipe is null && Preset is null && (MyInvocation.ExpectingInput || Sensitivity.Length > 0);

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        if (ParameterSetName == SensitivitySet)
        {
            Refuse(Include.Length > 0, "-Sensitivity and -Include both say which weights are compressed. Use one of them.");
            _rows.AddRange(Sensitivity);
        }
        else
        {
            Require(_recipe!.Validate);
            base.ProcessRecord();
        }
    }

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        _rowsByModel = _rows.ToLookup(row => row.Path, PathComparer);
        string[] models = _rowsByModel.Select(model => model.Key).ToArray();
        if (models.Length > 0)
        {
            Expect(models);
        }

        Array.ForEach(models, ProcessNamed);
        base.EndProcessing();
    }

    /// <inheritdoc/>
    private protected override CompressionRecipe RecipeFor(string path)
    {
        if (_rowsByModel?[path].ToArray() is not { Length: > 0 } rows)
        {
            return base.RecipeFor(path);
        }

        OptimizationRecipe recipe = Recipe is not null || Preset is not null
            ? _recipe! with { Include = MeasuredWeights.Names(rows) }
            : _recipe! with { Steps = MeasuredWeights.Recipe(rows, areCandidates: _recipe.HasBudget).WithEach(AsSpecified).Steps };
        recipe.Validate();
        return Completed(recipe);
    }

    // A measurement may use any opset; whether a model may need a newer one is said here. All else is as it was measured, unless it is specified.
    private WeightRecipe AsSpecified(WeightRecipe measured) => measured with
    {
        AllowOpsetUpgrade = AllowOpsetUpgrade,
        MinimumElementCount = IsGiven(nameof(MinimumElementCount)) ? MinimumElementCount : measured.MinimumElementCount,
        Method = IsGiven(nameof(Method)) ? Method : measured.Method,
        BiasCorrection = IsGiven(nameof(NoBiasCorrection)) ? !NoBiasCorrection : measured.BiasCorrection,
    };

    // A recipe has a method for each of its configurations.
    private protected override bool UsesCalibration => HasCalibration;

    // A preset is no recipe of the user's own, and -MinimumOutputSnr here is about encodings.
    private protected override BoundNames ActivationBounds => Preset is null ? BoundNames.Keys : BoundNames.QuantizedModelParameters;

    /// <inheritdoc/>
    private protected override CompressionPlan Plan(
        CalibrationData data, Action<Action> post, CalibrationReporter progress, ModelFile model, CompressionRecipe recipe, CancellationToken cancellationToken)
    {
        if (data is not { Runtime: { } runtime, Samples: { } samples } || !OutputBudget.IsFor(recipe))
        {
            CompressionPlan plan = base.Plan(data, post, progress, model, recipe, cancellationToken);
            return OutputBudget.IsFor(recipe) ? plan with { Notes = [.. plan.Notes, "the budget went by the errors of the weights, because there are no samples to compare outputs on"] } : plan;
        }

        var measuring = new SensitivityReporter(this, post);
        try
        {
            return new OutputBudget(runtime, data.Settings, samples)
                .Plan(model, (OptimizationRecipe)recipe, data.Options, progress, measuring, cancellationToken);
        }
        finally
        {
            post(measuring.Complete);
        }
    }

    /// <inheritdoc/>
    private protected override CompressionRecipe CreateRecipe()
    {
        Refuse(Recipe is not null && Preset is not null, "-Recipe and -Preset cannot be combined. A preset is a recipe file: copy it from module/presets, and change the copy.");
        object? source = Preset is null ? Recipe : RecipePresets.FileOf(Preset);
        OptimizationRecipe recipe = source is null
            ? new OptimizationRecipe
            {
                Steps = [],
                MinimumElementCount = MinimumElementCount,
                AllowOpsetUpgrade = AllowOpsetUpgrade,
                Method = Method,
                BiasCorrection = !NoBiasCorrection,
            }
            : RecipeArgument.Read(
                source,
                SessionState.Path,
                new RecipeDefaults
                {
                    MinimumElementCount = MinimumElementCount,
                    AllowOpsetUpgrade = AllowOpsetUpgrade,
                    Method = Method,
                    BiasCorrection = !NoBiasCorrection,
                });

        // A budget on the command line takes the place of the recipe's own.
        double? snr = IsGiven(nameof(MinimumSnr)) ? MinimumSnr : null;
        long? size = IsGiven(nameof(TargetSize)) ? TargetSize : null;
        if (size is not null || snr is not null || GivenOutputSnr is not null || GivenAgreement is not null)
        {
            recipe = recipe with { TargetSize = size, MinimumSnr = snr, MinimumOutputSnr = GivenOutputSnr, MinimumAgreement = GivenAgreement };
        }

        if (InputPath.Length == 0 && InputObject.Length == 0)
        {
            recipe.RequireNoSamples();
        }

        return _recipe = recipe;
    }
}
