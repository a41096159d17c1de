using System;
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
using CoreMLQuant.Sensitivity.Budget;

namespace CoreMLQuant.Commands;

/// <summary>Compresses by a recipe: different weights in different ways, several steps in one pass, or to a budget.</summary>
[Cmdlet(VerbsCommon.Optimize, "CoreMLModel", DefaultParameterSetName = PathSet, SupportsShouldProcess = true)]
[OutputType(typeof(ConversionResult), typeof(ConversionPlan))]
public sealed class OptimizeCoreMLModelCommand : WeightRecipeCommand
{
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
    /// error of the model's outputs, and measures it on samples that are held out: every fourth.
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

    /// <summary>
    /// Minimum signal-to-noise ratio of the model's outputs, in dB, measured with the compressed model on samples that are held out: every fourth of -InputPath or -InputObject, which it requires.
    /// Chooses the encodings with the smallest size.
    /// </summary>
    /// <value>None</value>
    [Parameter]
    [ArgumentCompleter(typeof(TypicalValueCompleter))]
    public double MinimumOutputSnr { get; set; }

    /// <summary>
    /// Minimum share, such as 0.99, of the held-out samples for which the compressed model has the same most probable class. Requires -InputPath or -InputObject. Chooses the encodings with the
    /// smallest size.
    /// </summary>
    /// <value>None</value>
    [Parameter]
    [ValidateRange(0.0, 1.0)]
    [ArgumentCompleter(typeof(TypicalValueCompleter))]
    public double MinimumAgreement { get; set; }

    /// <inheritdoc/>
    private protected override CompressionPlan Plan(
        CalibrationData data, Action<Action> post, CalibrationReporter progress, ModelFile model, CompressionRecipe recipe, CancellationToken cancellationToken)
    {
        if (data is not { Runtime: { } runtime, Samples: { } samples } || !OutputBudget.IsFor(recipe))
        {
            return base.Plan(data, post, progress, model, recipe, cancellationToken);
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
        bool hasSize = IsGiven(nameof(TargetSize));
        bool hasSnr = IsGiven(nameof(MinimumSnr));
        bool hasOutputSnr = IsGiven(nameof(MinimumOutputSnr));
        bool hasAgreement = IsGiven(nameof(MinimumAgreement));
        if (hasSize || hasSnr || hasOutputSnr || hasAgreement)
        {
            recipe = recipe with
            {
                TargetSize = hasSize ? TargetSize : null,
                MinimumSnr = hasSnr ? MinimumSnr : null,
                MinimumOutputSnr = hasOutputSnr ? MinimumOutputSnr : null,
                MinimumAgreement = hasAgreement ? MinimumAgreement : null,
            };
        }

        if (InputPath.Length == 0 && InputObject.Length == 0)
        {
            recipe.RequireNoSamples();
        }

        return recipe;
    }
}
