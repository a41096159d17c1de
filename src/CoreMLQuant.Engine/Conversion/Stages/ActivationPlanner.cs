using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using CoreMLQuant.Formatting;
using CoreMLQuant.Mil;
using CoreMLQuant.Mil.Activations;
using CoreMLQuant.Models;
using CoreMLQuant.NeuralNetworks;
using CoreMLQuant.Planning;
using CoreMLQuant.Recipes;
using Schema = CoreMLQuant.Specification.Schema;

namespace CoreMLQuant.Conversion.Stages;

/// <summary>Plans the quantization of a model's activations: each stage by its own kind.</summary>
internal static class ActivationPlanner
{
    // Of names that are merely not used.
    private const int ShownNames = 10;

    /// <summary>Refuses a model whose opset has no operations for it, before anything else raises the opset.</summary>
    /// <exception cref="RecipeException">The opset may not be raised.</exception>
    public static void RequireOpset(PlanBuilder builder, ActivationQuantization quantization)
    {
        foreach (PipelineStage stage in PipelineStages.Of(builder.Specification).Where(IsProgram))
        {
            MilActivationPlanner.RequireOpset(builder, stage, quantization);
        }
    }

    /// <summary>Plans every stage.</summary>
    /// <exception cref="RecipeException">A range is missing, or the model cannot have its activations quantized.</exception>
    public static void Plan(PlanBuilder builder, ActivationQuantization quantization, CancellationToken cancellationToken)
    {
        ProgramGraph[] programs = ProgramsOf(builder.Specification);
        var values = new HashSet<string>(programs.SelectMany(program => program.Values).Select(value => value.Name), StringComparer.Ordinal);
        var ranges = new RequiredRanges(quantization, builder.Statistics, new SharedRanges(programs));
        EachStage.Plan(
            builder,
            stage => MilActivationPlanner.Plan(builder, stage, quantization, ranges, cancellationToken),
            stage => PlanNetwork(builder, stage, quantization),
            cancellationToken);
        string[] unknown = quantization.Ranges?.ByName.Keys.Where(name => !values.Contains(name)).ToArray() ?? [];
        if (ranges.Missing.Count > 0)
        {
            throw Incomplete(quantization.Ranges, builder.Statistics is not null, ranges.Missing, unknown);
        }

        if (programs.Length > 0 && !ranges.Needed.Any() && quantization.FloatOperations.Count == 0)
        {
            builder.Warn($"no activation is quantized, because the recipe selects no operation whose activations can be: {string.Join(", ", OperandPairs.OperationTypes)}");
        }

        if (unknown.Length > 0)
        {
            builder.Warn($"{quantization.Ranges!.Source} has ranges of values that the model does not have: {Shortened(unknown)}");
        }
    }

    // There are no operations for integers between layers; those that multiply in Int8 quantize their input while they compute, and RecipeSelection has
    // made their weights for it.
    private static void PlanNetwork(PlanBuilder builder, PipelineStage stage, ActivationQuantization quantization)
    {
        string place = stage.Name.Length > 0 ? $"stage '{stage.Name}'" : "the model";
        if (!Recipes(builder.Recipe).Any(recipe => recipe is LinearQuantizationRecipe { BitWidth: 8, Mode: QuantizationMode.Symmetric }))
        {
            throw new RecipeException(
                $"{char.ToUpperInvariant(place[0])}{place.Substring(1)} is a NeuralNetwork, whose layers quantize their input only to multiply it by symmetric 8-bit weights.",
                "Quantize the weights to 8 bits with the mode Symmetric as well, or leave the activations as they are.");
        }

        if (!NetworkLayers.All(NetworkLayers.Of(stage.Model)!).Any(layer => Int8Product.IsPossible(layer.Message)))
        {
            builder.Warn($"{place} is a NeuralNetwork without innerProduct or batchedMatmul layers, so that no activation is quantized");
        }
        else if (!NetworkLayers.HasExactShapes(stage.Model))
        {
            builder.Warn($"{place} is a NeuralNetwork whose inputs do not have exact shapes (arrayInputShapeMapping), which Int8 matrix multiplication requires, so that no activation is quantized");
        }
        else
        {
            builder.HasQuantizedActivations = true;
            const string Ranges = "its innerProduct and batchedMatmul layers quantize their input while they compute, to the range that it has then";
            builder.Note($"{place} is a NeuralNetwork: {Ranges}");
            if (quantization.RangeEstimator != ActivationQuantization.UsualEstimator)
            {
                builder.Warn($"{place} is a NeuralNetwork, so that the range estimator {quantization.RangeEstimator} of activations has no effect: {Ranges}");
            }
        }
    }

    private static IEnumerable<WeightRecipe> Recipes(CompressionRecipe recipe) => recipe switch
    {
        WeightRecipe weight => [weight],
        OptimizationRecipe optimization => optimization.Steps.SelectMany(step => step.All),
        _ => [],
    };

    private static ProgramGraph[] ProgramsOf(Schema.Model specification) => PipelineStages.Of(specification)
        .Where(IsProgram)
        .SelectMany(stage => ProgramGraph.Of(stage.Model.MlProgram))
        .ToArray();

    private static bool IsProgram(PipelineStage stage) => stage.Model.TypeCase == Schema.Model.TypeOneofCase.MlProgram;

    private static RecipeException Incomplete(
        ActivationRanges? given, bool isCalibrated, IReadOnlyList<(string Value, OperationNode Operation)> missing, IReadOnlyList<string> unknown)
    {
        string values = Listed(missing.Select(one => one.Value).Distinct(StringComparer.Ordinal));
        OperationNode first = missing[0].Operation;
        return given is null
            ? new RecipeException(
                $"Quantizing activations requires their ranges, and {(isCalibrated ? "the statistics have none" : "none are given")}. The model needs those of {values}.",
                isCalibrated
                    ? "Specify the same samples again (-InputPath) beside the statistics file, which is completed then, or the ranges (-ActivationRanges; in a recipe, the key ranges of activations)."
                    : "Specify data to calibrate with (-InputPath), or the ranges (-ActivationRanges; in a recipe, the key ranges of activations).")
            : new RecipeException(
                $"{given.Source} lacks the ranges of {values}.{(unknown.Count > 0 ? $" It has ranges of values that the model does not have: {Shortened(unknown)}." : string.Empty)}",
                $"Add the ranges, specify data to calibrate with (-InputPath), or exclude the operations that take these values (-Exclude), such as {first.Type} '{PrintableText.Of(first.Name)}'.");
    }

    private static string Shortened(IReadOnlyCollection<string> names) =>
        names.Count > ShownNames ? FormattableString.Invariant($"{Listed(names.Take(ShownNames))} and {names.Count - ShownNames} more") : Listed(names);

    private static string Listed(IEnumerable<string> names) => string.Join(", ", names.Select(name => $"'{PrintableText.Of(name)}'"));
}
