using System;
using System.IO;
using System.Linq;

namespace CoreMLQuant.Recipes.Files;

/// <summary>
/// Reads what becomes of activations: the OptimizationConfig of coremltools' linear_quantize_activations, and beside it where the ranges come from.
/// </summary>
internal sealed class ActivationsConfig(RecipeErrors errors, RecipeDefaults defaults, string source)
{
    /// <summary>What it is called in a recipe.</summary>
    public const string Name = "activations";

    private const string Ranges = "ranges";

    /// <summary>Reads it; <see langword="null"/> when it is not there.</summary>
    public ActivationQuantization? Read(MapReader recipe)
    {
        if (recipe.Value(Name) is not { } value)
        {
            return null;
        }

        if (value is not RecipeMap map)
        {
            recipe.Refuse(Name, $"the value must be a map with keys such as {Ranges}, not {MapReader.Kind(value)}.");
            return null;
        }

        int before = errors.Count;
        var reader = new MapReader(map, Name, errors);
        OptimizationStep operations = new StepReader(errors, defaults).Read(reader, LinearQuantizerConfig.Name);
        (RangeEstimator estimator, double percentile) = RangeEstimators.Read(reader, ActivationQuantization.UsualEstimator);
        var quantization = new ActivationQuantization
        {
            RangeEstimator = estimator,
            Percentile = percentile,
            MinimumOutputSnr = reader.Number("minimum_output_snr"),
            MinimumAgreement = reader.Number("minimum_agreement"),
            Ranges = reader.Value(Ranges) is { } ranges ? Read(reader, ranges) : null,
        };
        reader.Finish(Name);
        return errors.Count > before ? null : StepReader.Keys.Any(reader.Has) ? quantization with { Operations = operations } : quantization;
    }

    private ActivationRanges? Read(MapReader reader, RecipeNode ranges)
    {
        if (ranges is not RecipeScalar { Text: { } file })
        {
            return ActivationRangesFile.FromTree(ranges, source, reader.PathOf(Ranges), errors);
        }

        // Beside the recipe, wherever that is used.
        string path = Path.Combine(defaults.Folder, file);
        try
        {
            return ActivationRangesFile.Read(path);
        }
        catch (RecipeFileException e)
        {
            reader.Refuse(Ranges, e.Message);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            reader.Refuse(Ranges, $"'{path}' cannot be read: {e.Message}");
        }

        return null;
    }
}
