using System;
using System.Collections.Generic;
using System.Linq;

namespace CoreMLQuant.Recipes;

/// <summary>
/// Which weight gets which recipes, in one pass over the model: several steps are a joint compression. With a budget, the
/// steps are the candidates to choose from.
/// </summary>
public sealed record OptimizationRecipe : CompressionRecipe
{
    /// <summary>What to know of a recipe that <see cref="IsEmpty"/>.</summary>
    internal const string EmptyRemark =
        "the recipe does not apply to any weight: a config_type alone does nothing, as in coremltools; add a global_config, empty for the defaults of that type, op_type_configs or op_name_configs";

    /// <summary>The steps, in the order in which they are applied to a weight.</summary>
    public required IReadOnlyList<OptimizationStep> Steps { get; init; }

    /// <summary>Most bytes that the model may have on disk afterwards; <see langword="null"/> for no such budget.</summary>
    public long? TargetSize { get; init; }

    /// <summary>Least signal-to-noise ratio, dB, of every weight; <see langword="null"/> for no such budget.</summary>
    public double? MinimumSnr { get; init; }

    /// <summary>Least signal-to-noise ratio, dB, of the outputs on samples that are held out; <see langword="null"/> for no such budget.</summary>
    public double? MinimumOutputSnr { get; init; }

    /// <summary>Least share, 0 to 1, of held-out samples with the same most probable class; <see langword="null"/> for no such budget.</summary>
    public double? MinimumAgreement { get; init; }

    /// <summary>What becomes of activations; <see langword="null"/> when they stay floats.</summary>
    public ActivationQuantization? Activations { get; init; }

    /// <summary>Whether there is a budget, so that the steps are candidates.</summary>
    public bool HasBudget => Budgets().Any();

    /// <summary>Whether the budget is about the outputs, which only samples show.</summary>
    public bool NeedsSamples => MinimumOutputSnr is not null || MinimumAgreement is not null;

    /// <summary>Whether it does not apply to any weight, like an OptimizationConfig without configurations.</summary>
    public bool IsEmpty => !Steps.Any(step => step.All.Any());

    /// <summary>With a budget and no steps: weights with this many elements or fewer are skipped.</summary>
    public long MinimumElementCount { get; init; } = WeightRecipe.DefaultMinimumElementCount;

    /// <summary>Raise the opset for the quantization of activations; with a budget and no steps, choose among encodings that need a newer opset, too.</summary>
    public bool AllowOpsetUpgrade { get; init; }

    /// <summary>With a budget and no steps: how values are chosen when statistics of the inputs are at hand.</summary>
    public CompressionMethod Method { get; init; } = CompressionMethod.Calibrated;

    /// <summary>With a budget and no steps: whether biases are corrected when statistics of the inputs are at hand.</summary>
    public bool BiasCorrection { get; init; } = true;

    /// <inheritdoc/>
    public override string Description => Activations is null ? WeightDescription
        : IsEmpty && !HasBudget ? Activations.Description
        : $"{WeightDescription}, {Activations.Description}";

    private string WeightDescription => IsEmpty ? (HasBudget ? "mixed encodings" : "empty recipe")
        : HasBudget ? string.Join(" or ", Steps.SelectMany(step => step.All).Select(recipe => recipe.Description).Distinct(StringComparer.Ordinal))
        : string.Join(", then ", Steps.Select(step => step.Description));

    /// <inheritdoc/>
    public override bool IsLossless => !HasBudget && Steps.SelectMany(step => step.All).All(recipe => recipe.IsLossless);

    /// <inheritdoc/>
    public override string FileSuffix => IsEmpty && !HasBudget && Activations is not null ? ActivationQuantization.FileSuffix : "_optimized";

    /// <inheritdoc/>
    public override void Validate()
    {
        if (Steps.Count == 0 && !HasBudget && Activations is null)
        {
            throw new RecipeException("A recipe without steps and without a budget does nothing.", "Specify a step, a target size or a minimum signal-to-noise ratio.");
        }

        Activations?.Validate();

        string[] budgets = Budgets().ToArray();
        if (budgets.Length > 1)
        {
            string names = $"{string.Join(", ", budgets.Take(budgets.Length - 1))} and {budgets[budgets.Length - 1]}";
            throw new RecipeException($"{char.ToUpperInvariant(names[0])}{names.Substring(1)} cannot be combined.", "Specify one of them.");
        }

        if (TargetSize <= 0)
        {
            throw new RecipeException("A target size must be a positive number of bytes.", "Specify a size such as 60MB.");
        }

        if (MinimumSnr is { } snr && (double.IsNaN(snr) || double.IsInfinity(snr)))
        {
            throw new RecipeException("A signal-to-noise ratio must be a finite number of dB.", "Specify a ratio such as 35.");
        }

        OutputBounds.Validate(MinimumOutputSnr, MinimumAgreement);
        if (HasBudget && Activations is { HasBound: true })
        {
            throw new RecipeException("A budget for the weights and a bound that activations are quantized for cannot be combined.", "Specify one of them.");
        }

        if (HasBudget && Steps.Any(step => step.IsHollow))
        {
            throw new RecipeException(
                "A budget chooses among the configurations of the recipe, and there is none: as in coremltools, neither a config_type alone nor null is one.",
                "Add a global_config, empty for the defaults of a config_type, or omit such keys to choose among the usual encodings; exclude names weights that stay as they are.");
        }

        foreach (WeightRecipe recipe in Steps.SelectMany(step => step.All))
        {
            recipe.Validate();
        }
    }

    /// <summary>Refuses a budget that only samples show.</summary>
    /// <exception cref="RecipeException">It is one.</exception>
    public void RequireNoSamples() => OutputBounds.RequireNone(MinimumOutputSnr, MinimumAgreement);

    /// <summary>The same recipe with each way of compressing a weight changed.</summary>
    /// <param name="change">Changes one.</param>
    public OptimizationRecipe WithEach(Func<WeightRecipe, WeightRecipe> change) => this with { Steps = [.. Steps.Select(step => step.WithEach(change))] };

    private IEnumerable<string> Budgets() => new[]
    {
        (IsGiven: TargetSize is not null, Name: "a target size"),
        (IsGiven: MinimumSnr is not null, Name: "a minimum signal-to-noise ratio"),
        (IsGiven: MinimumOutputSnr is not null, Name: "a minimum output signal-to-noise ratio"),
        (IsGiven: MinimumAgreement is not null, Name: "a minimum agreement"),
    }.Where(budget => budget.IsGiven).Select(budget => budget.Name);
}

/// <summary>One step: the recipe for most weights, and those for certain operation types and names. Names take precedence over types, and types over the rest.</summary>
public sealed record OptimizationStep
{
    /// <summary>Whether the step was specified without any configuration: by a type of configurations, or by weights to skip. A step that was not specified at all is empty and not hollow.</summary>
    public bool IsHollow { get; init; }

    /// <summary>For weights that no other entry matches; <see langword="null"/> skips them.</summary>
    public WeightRecipe? Global { get; init; }

    /// <summary>By operation or layer type; the last pattern that matches applies. <see langword="null"/> as the recipe skips the weight.</summary>
    public IReadOnlyList<(NamePattern Pattern, WeightRecipe? Recipe)> OpTypes { get; init; } = [];

    /// <summary>By operation, layer or weight name; the last pattern that matches applies. <see langword="null"/> as the recipe skips the weight.</summary>
    public IReadOnlyList<(NamePattern Pattern, WeightRecipe? Recipe)> OpNames { get; init; } = [];

    /// <summary>Every recipe of the step.</summary>
    public IEnumerable<WeightRecipe> All => OpNames.Concat(OpTypes).Select(entry => entry.Recipe).Prepend(Global).OfType<WeightRecipe>();

    /// <summary>The same step with each recipe changed.</summary>
    /// <param name="change">Changes one.</param>
    public OptimizationStep WithEach(Func<WeightRecipe, WeightRecipe> change) => this with
    {
        Global = Global is null ? null : change(Global),
        OpTypes = [.. OpTypes.Select(entry => (entry.Pattern, entry.Recipe is null ? null : change(entry.Recipe)))],
        OpNames = [.. OpNames.Select(entry => (entry.Pattern, entry.Recipe is null ? null : change(entry.Recipe)))],
    };

    /// <summary>What the step does, for messages.</summary>
    public string Description => string.Join(" / ", All.Select(recipe => recipe.Description).Distinct(StringComparer.Ordinal));
}
