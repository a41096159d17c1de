using System;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using CoreMLQuant.Abstractions;
using CoreMLQuant.Completers;
using CoreMLQuant.Errors;
using CoreMLQuant.Recipes;
using CoreMLQuant.Recipes.Files;
using CoreMLQuant.Sensitivity;

namespace CoreMLQuant.Commands;

/// <summary>Measures what compressing each weight, and nothing else, costs at the outputs of a model.</summary>
[Cmdlet(VerbsDiagnostic.Measure, "CoreMLSensitivity")]
[OutputType(typeof(WeightSensitivity))]
public sealed class MeasureCoreMLSensitivityCommand : ModelRunCommand
{
    private SensitivityOptions? _options;

    /// <summary>Models: .mlmodel files and .mlpackage folders. Wildcards are allowed.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true)]
    [ModelPathArgument]
    [ValidateNotNullOrEmpty]
    [SupportsWildcards]
    public string[] Path { get; set; } = [];

    /// <summary>
    /// Recipes to measure: hashtables, or paths of recipe files, as for Optimize-CoreMLModel. Each is measured by itself. Without it, palettization with 4 bits.
    /// </summary>
    [Parameter(Position = 1)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(RecipeFileCompleter))]
    public object[] Recipe { get; set; } = [];

    /// <summary>
    /// Runs every sample with every recipe. Without it, the result is an estimate from 32 samples at most, which are spread over all of them, and where several recipes are alike, from some of these.
    /// </summary>
    [Parameter]
    public SwitchParameter Exact { get; set; }

    /// <summary>Measures weights together that match a pattern on weight name, operation name or operation type (wildcards, or <c>re:</c> and a regular expression), one group for each pattern.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [SupportsWildcards]
    public string[] Group { get; set; } = [];

    /// <summary>Measures only these weights: patterns on operation type, operation name or weight name.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(OperationCompleter))]
    public string[] Include { get; set; } = [];

    /// <summary>Does not measure these weights. Uses the same patterns as -Include.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(OperationCompleter))]
    public string[] Exclude { get; set; } = [];

    /// <summary>Measures only weights with more elements than this.</summary>
    [Parameter]
    [ValidateRange(0, long.MaxValue)]
    [ArgumentCompleter(typeof(TypicalValueCompleter))]
    public long MinimumElementCount { get; set; } = WeightRecipe.DefaultMinimumElementCount;

    /// <summary>An .npz file for the statistics of calibration, as for the cmdlets that compress. If it exists and belongs to the model, it is read; otherwise it is written.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? StatisticsPath { get; set; }

    /// <summary>Maximum number of samples. Where there are more, -Seed chooses.</summary>
    /// <value>All</value>
    [Parameter]
    [ValidateRange(1, 1_000_000)]
    [ArgumentCompleter(typeof(TypicalValueCompleter))]
    public override int Count { get; set; }

    /// <summary>Chooses the samples if there are more than -Count: the same seed chooses the same.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(TypicalValueCompleter))]
    public override int Seed { get; set; }

    /// <inheritdoc/>
    protected override void BeginProcessing()
    {
        if (!ReadInputParameters() || RandomInput)
        {
            ThrowTerminatingError(ErrorRecords.Create(
                ErrorIds.IncompatibleParameters,
                ErrorCategory.InvalidArgument,
                null,
                "Sensitivity is measured on samples of the kind that the model is for. Use -InputPath or -InputObject."));
        }

        RequireRuntime();
        Require(() => _options = new SensitivityOptions
        {
            Recipes = Recipes(),
            IsExact = Exact,
            Groups = ReadPatterns(Group),
            Count = MyInvocation.BoundParameters.ContainsKey(nameof(Count)) ? Count : null,
            Seed = Seed,
            StatisticsPath = StatisticsPath is null ? null : SessionState.Path.Literal(StatisticsPath),
        });
    }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        foreach (string model in Path.SelectMany(text => ResolveModels(text, LiteralPaths.Contains(text))))
        {
            CalibrationReporter? calibrating = null;
            SensitivityReporter? progress = null;
            var measurement = new SensitivityMeasurement(Runtime, Settings, GivenSamples);
            IReadOnlyList<WeightSensitivity>? rows = Run(
                (post, token) => measurement.Measure(
                    model, _options!, calibrating = new CalibrationReporter(this, post), progress = new SensitivityReporter(this, post), token),
                e => e.ToReadError(model));
            calibrating?.Complete();
            progress?.Complete();
            foreach (string warning in measurement.Warnings)
            {
                WriteWarning($"'{model}': {warning}.");
            }

            foreach (string note in measurement.Notes)
            {
                WriteVerbose(note);
            }

            // Null after an error, which is written already; a null object would be one more for whatever comes next in the pipeline.
            WriteObject(rows ?? [], enumerateCollection: true);
        }
    }

    private CompressionRecipe[] Recipes()
    {
        NamePatterns include = ReadPatterns(Include), exclude = ReadPatterns(Exclude);
        CompressionRecipe[] recipes = Recipe.Length == 0
            ? [new PalettizationRecipe { MinimumElementCount = MinimumElementCount, AllowOpsetUpgrade = true }]
            : Array.ConvertAll(Recipe, recipe => (CompressionRecipe)RecipeArgument.Read(
                recipe, SessionState.Path, new RecipeDefaults { MinimumElementCount = MinimumElementCount, AllowOpsetUpgrade = true }));
        foreach (CompressionRecipe recipe in recipes)
        {
            recipe.Validate();
        }

        return Array.ConvertAll(recipes, recipe => recipe with { Include = include.IsEmpty ? recipe.Include : include, Exclude = exclude.IsEmpty ? recipe.Exclude : exclude });
    }
}
