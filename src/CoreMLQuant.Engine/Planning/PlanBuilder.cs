using System;
using System.Collections.Generic;
using System.Linq;
using CoreMLQuant.Calibration;
using CoreMLQuant.Files;
using CoreMLQuant.Models;
using CoreMLQuant.Recipes;
using CoreMLQuant.Specification;
using CoreMLQuant.WeightBlobs;
using Schema = CoreMLQuant.Specification.Schema;

namespace CoreMLQuant.Planning;

/// <summary>
/// Collects what a planner decides: a copy of the specification to edit, payloads and blobs to be written, one
/// decision for each weight. Building it lays out every output file; nothing has been written by then.
/// </summary>
internal sealed class PlanBuilder
{
    private readonly PlannedWeightFiles _weightFiles;
    private readonly PipelineVersions _pipelines;
    private readonly List<WeightPlan> _weights = [];
    private readonly List<ActivationPlan> _activations = [];
    private readonly List<string> _notes = [];
    private readonly List<string> _warnings = [];

    public PlanBuilder(ModelFile source, CompressionRecipe recipe)
    {
        Source = source;
        Recipe = recipe;
        Rules = new SelectionRules(recipe);
        SpecificationVersionBefore = source.Specification.SpecificationVersion;
        RequiredVersionBefore = RequiredVersion.Of(source.Specification);
        Specification = source.TakeSpecification();
        _pipelines = new PipelineVersions(Specification);
        Payloads = source.Payloads.Fork();
        _weightFiles = new PlannedWeightFiles(source, Specification);
        if (recipe.MergeEqualWeights)
        {
            BeginEdits();
            if (EqualWeights.Merge(source, Specification) is { } note)
            {
                Changed = true;
                Note(note);
            }
        }
    }

    /// <summary>The model as it is.</summary>
    public ModelFile Source { get; }

    /// <summary>What is asked for.</summary>
    public CompressionRecipe Recipe { get; }

    /// <summary>Which weights the recipe's patterns leave alone.</summary>
    public SelectionRules Rules { get; }

    /// <summary>What calibration found out about the source; <see langword="null"/> without calibration.</summary>
    public CalibrationStatistics? Statistics { get; init; }

    /// <summary>What a budget has chosen for each weight; <see langword="null"/> when the recipe says it itself.</summary>
    public WeightChoices? Choices { get; init; }

    /// <summary>What becomes of activations; <see langword="null"/> when they stay what they are.</summary>
    public ActivationQuantization? Activations => ActivationQuantization.Of(Recipe);

    /// <summary>Whether the opset may be raised for what the recipe asks for.</summary>
    public bool AllowOpsetUpgrade => Recipe is WeightRecipe { AllowOpsetUpgrade: true } or OptimizationRecipe { AllowOpsetUpgrade: true };

    /// <summary>The specification as it will be; planners edit it after <see cref="BeginEdits"/>.</summary>
    public Schema.Model Specification { get; }

    /// <summary>The specification version of the source.</summary>
    public int SpecificationVersionBefore { get; }

    /// <summary>The highest specification version of the source, its stages and functions.</summary>
    public int RequiredVersionBefore { get; }

    /// <summary>The big fields of <see cref="Specification"/>; planners attach parts to be computed.</summary>
    public DetachedPayloads Payloads { get; }

    /// <summary>The decisions so far.</summary>
    public IReadOnlyList<WeightPlan> Weights => _weights;

    /// <summary>Whether anything has been changed; planners set it.</summary>
    public bool Changed { get; set; }

    /// <summary>Whether a single file becomes a package; planners set it. What a compiled model becomes is one in any case.</summary>
    public bool BecomesPackage { get; set; }

    /// <summary>Waits until nobody else reads <see cref="Specification"/>. To be called before it is edited; only the first call may take time.</summary>
    public void BeginEdits() => Source.AwaitReader();

    /// <summary>Whether activations are quantized, by operations of their own or in layers that multiply in Int8; planners set it.</summary>
    public bool HasQuantizedActivations { get; set; }

    /// <summary>Records the decision on a weight.</summary>
    public void Add(WeightPlan weight)
    {
        _weights.Add(weight);
        Changed |= weight.Action == WeightAction.Convert;
    }

    /// <summary>Records an activation that is quantized.</summary>
    public void Add(ActivationPlan activation)
    {
        _activations.Add(activation);
        (HasQuantizedActivations, Changed) = (true, true);
    }

    /// <summary>Records something that the reader should know; the same words only once.</summary>
    public void Note(string note)
    {
        if (!_notes.Contains(note))
        {
            _notes.Add(note);
        }
    }

    /// <summary>Records something that may not be what the reader wants; the same words only once.</summary>
    public void Warn(string warning)
    {
        if (!_warnings.Contains(warning))
        {
            _warnings.Add(warning);
        }
    }

    /// <summary>Why nothing changes: that there is nothing to convert, and what keeps all weights from it where it is the same.</summary>
    public string UnchangedReason { get; private set; } = CompressionPlan.NothingToConvert;

    /// <summary>Notes that nothing changes, once there is a decision on every weight.</summary>
    public void NoteUnchanged()
    {
        string[] reasons = _weights.Select(weight => weight.Reason).Distinct(StringComparer.Ordinal).ToArray();
        UnchangedReason = reasons.Length == 1 && reasons[0].Length > 0 ? $"{CompressionPlan.NothingToConvert}: {reasons[0]}" : CompressionPlan.NothingToConvert;
        Note(UnchangedReason);
    }

    /// <summary>Refuses to raise a version when the recipe does not allow any to be raised.</summary>
    /// <param name="because">What needs it, with its verb: <c>FP16 weights need</c>.</param>
    /// <param name="needed">The version that is needed, as it is called: <c>opset CoreML6</c>.</param>
    /// <param name="has">The version that the model has.</param>
    /// <exception cref="RecipeException">The recipe does not allow it.</exception>
    public void RequireUpgrade(string because, string needed, string has)
    {
        if (Recipe.NoOpsetUpgrade)
        {
            throw new RecipeException($"{because} {needed}; the model has {has}, and -NoOpsetUpgrade does not allow it to be raised.", "Omit -NoOpsetUpgrade, or choose a conversion that the model supports.");
        }
    }

    /// <summary>Raises a stage's specification version, and that of the pipelines around it, to at least a version.</summary>
    public void RaiseSpecificationVersion(Schema.Model stage, int version)
    {
        stage.SpecificationVersion = Math.Max(stage.SpecificationVersion, version);
        Specification.SpecificationVersion = Math.Max(Specification.SpecificationVersion, version);
        _pipelines.Raise();
    }

    /// <summary>The rewrite of the weight file behind a reference. Once one blob is asked for, the file is rewritten.</summary>
    public BlobFilePlan BlobPlan(string reference) => _weightFiles[reference];

    /// <summary>Makes a value of <see cref="Specification"/> refer to a blob, wherever that ends up.</summary>
    public void Refer(Schema.Value value, PlannedBlob blob) => _weightFiles.Refer(value, blob);

    /// <summary>Lays everything out.</summary>
    public CompressionPlan Build()
    {
        BeginEdits();
        if (Changed)
        {
            _pipelines.RaiseUnderstated(Note);
        }

        Dictionary<string, FileLayout> rewritten = _weightFiles.LayOut(Note);
        ModelContainer container = Source.Container;
        OutputForm form = PlannedFiles.FormOf(Source, BecomesPackage, _weightFiles.References);
        PlannedFiles.Rename(Source, Specification, form);
        FileLayout specification = SpecificationWriter.Layout(Specification, Payloads);
        if (Changed)
        {
            SpecificationReader.CheckLength(container.SpecificationPath, specification.Length, "would be");
        }

        // A file that is only put into a package is copied as it is.
        if (!BecomesPackage)
        {
            rewritten.Add(container.Specification, specification);
        }

        // What does not change is at most copied, byte for byte; a compiled model has no specification to copy.
        OutputModel output = PlannedFiles.Of(container, form, Changed || Source.IsCompiled ? rewritten : new Dictionary<string, FileLayout>());
        long sizeBefore = container.Length;
        if (Changed && output.Length >= sizeBefore && Recipe is not ExpansionRecipe && _weights.Exists(weight => weight.Action == WeightAction.Convert))
        {
            Note("the result is not smaller than the source: the added operations take what the weights save");
        }

        return new CompressionPlan
        {
            SourcePath = Source.Path,
            Recipe = Recipe,
            Weights = _weights,
            Activations = _activations,
            Description = (HasQuantizedActivations ? Recipe : ActivationQuantization.In(Recipe, null)).Description,
            SpecificationVersionBefore = SpecificationVersionBefore,
            Format = ModelFormats.Of(Specification),
            SpecificationVersionAfter = Specification.SpecificationVersion,
            RequiredVersionBefore = RequiredVersionBefore,
            RequiredVersionAfter = RequiredVersion.Of(Specification),
            SizeBefore = sizeBefore,
            // What is not written has no new size, even where our form of the same specification would be shorter.
            SizeAfter = Changed ? output.Length : sizeBefore,
            Notes = _notes,
            Warnings = _warnings,
            Calibration = CalibrationSummary.Of(Statistics),
            Statistics = Statistics,
            UnmatchedPatterns = Rules.Unmatched,
            HasChanges = Changed,
            UnchangedReason = UnchangedReason,
            Output = output,
            Form = form,
        };
    }
}
