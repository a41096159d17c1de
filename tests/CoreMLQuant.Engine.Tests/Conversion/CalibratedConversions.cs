using System.Collections.Generic;
using System.Linq;
using CoreMLQuant.Calibration;
using CoreMLQuant.Conversion;
using CoreMLQuant.Inspection;
using CoreMLQuant.Models;
using CoreMLQuant.Recipes;

namespace CoreMLQuant.Tests.Conversion;

/// <summary>A weight, inputs that it was calibrated with, and what is done to it.</summary>
internal static class CalibratedConversions
{
    public const int Rows = 48;
    public const int Columns = 64;

    public static readonly double[][] Inputs = SyntheticStatistics.Inputs(1, 1, Columns, 400)[0];

    public static CompressionRecipe Recipe(string name, CompressionMethod method = CompressionMethod.Calibrated, bool biasCorrection = true)
    {
        WeightRecipe[] plain = name switch
        {
            "prune50q8" => [Step("prune50"), Step("q8")],
            "prune50pal2" => [Step("prune50"), Step("pal2")],
            "q8pal4" => [Step("q8"), new PalettizationRecipe { BitWidth = 4 }],
            _ => [Step(name)],
        };
        WeightRecipe[] steps = plain.Select(step => step with { Method = method, BiasCorrection = biasCorrection }).ToArray();
        return steps.Length == 1 ? steps[0] : new OptimizationRecipe { Steps = steps.Select(step => new OptimizationStep { Global = step }).ToArray() };
    }

    public static float[] Weights() => Tensors.Compensation.BrainSurgeon.Weights(21, Rows * Columns);

    public static ConversionResult Convert(string source, string destination, CompressionRecipe recipe)
    {
        using ModelFile model = ModelFile.Open(source);
        var statistics = new CalibrationStatistics(string.Empty, [], [SyntheticStatistics.Of(Layer(model), [Inputs])], []);
        return ModelCompressor.Run(model, ModelCompressor.Plan(model, recipe, statistics), destination, new ConversionOptions());
    }

    public static ConversionResult Synthetic(string source, string destination, CompressionRecipe recipe, bool hasGram = true)
    {
        using ModelFile model = ModelFile.Open(source);
        return ModelCompressor.Run(model, ModelCompressor.Plan(model, recipe, SyntheticStatistics.Of(model, hasGram)), destination, new ConversionOptions());
    }

    public static (WeightKey, IReadOnlyList<long>, long[], int) Layer(ModelFile model) =>
        (WeightKey.Of(model.GetWeights().Single(site => site.Name == "w")), [Rows, Columns], [1, Columns], 0);

    private static WeightRecipe Step(string name) => name switch
    {
        "q8" => new LinearQuantizationRecipe(),
        "q4" => new LinearQuantizationRecipe { BitWidth = 4 },
        "q4stored" => new LinearQuantizationRecipe { BitWidth = 4, ActOrder = false },
        "q4block" => new LinearQuantizationRecipe { BitWidth = 4, Granularity = Granularity.PerBlock, BlockSize = [16], Fallback = BlockFallback.LargestDivisor },
        "q4affine" => new LinearQuantizationRecipe { BitWidth = 4, Mode = QuantizationMode.Affine },
        "pal2" => new PalettizationRecipe { BitWidth = 2 },
        "pal4group" => new PalettizationRecipe { BitWidth = 4, GroupSize = 16 },
        "pal4vector" => new PalettizationRecipe { BitWidth = 4, VectorSize = 2 },
        "pal4table8" => new PalettizationRecipe { BitWidth = 4, QuantizeLookupTable = true },
        "pal4groups" => new PalettizationRecipe { BitWidth = 4, GroupSize = 16, QuantizeLookupTable = true },
        "threshold" => new PruningRecipe { Threshold = 0.3, MinimumSparsity = 0 },
        "ratio" => new PruningRecipe { NonZeroRatio = new NonZeroRatio(2, 4) },
        "blocks" => new PruningRecipe { TargetSparsity = 0.5, BlockSize = 4 },
        _ => new PruningRecipe { TargetSparsity = 0.5 },
    };
}
