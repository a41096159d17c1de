using System.Collections.Generic;
using System.Linq;
using CoreMLQuant.Coding;
using CoreMLQuant.Elements;
using CoreMLQuant.Models;
using CoreMLQuant.Planning;
using CoreMLQuant.Recipes;
using CoreMLQuant.Tensors;

namespace CoreMLQuant.Mil.Compression;

/// <summary>
/// Compressing again what is compressed in one way: what the first way found out stays, the second is put around or under
/// it. (CoreML8 and later, where compressed constants nest.)
/// </summary>
internal static class Composition
{
    /// <summary>A quantized weight: pruned, it keeps its integers and scales; palettized, its integers get a table.</summary>
    public static EncodingChoice OfLinear(WeightCandidate candidate)
    {
        WeightSteps steps = candidate.Steps;
        if (steps.Quantization is not null)
        {
            return EncodingChoice.None("is already quantized; expand the model first to quantize it differently");
        }

        if (candidate.Decoded.Linear is not { } linear || steps is { Pruning: not null, Palettization: not null })
        {
            return EncodingChoice.None("is already quantized; it can be pruned or palettized, but not both");
        }

        ElementType codes = candidate.Site.StorageType;
        if (steps.Pruning is { } pruning)
        {
            return WeightEncoder.WhyNotPruned(candidate, pruning) is { } reason
                ? EncodingChoice.None(reason)
                : candidate.IsAllZero ? WeightEncoder.AllZero(candidate)
                : Pruned(candidate, new StoredCodesCoder(linear.Codes, codes, candidate.Shape), (emitter, weight) => emitter.PrunedLinear(weight));
        }

        PalettizationRecipe palette = steps.Palettization!;
        if (WhyNotRecoded(codes, palette) is { } obstacle)
        {
            return EncodingChoice.None(obstacle);
        }

        if (candidate.Groups.Counts is not { } counts)
        {
            return EncodingChoice.None(candidate.Groups.Remark);
        }

        bool scalesTables = candidate.Opset < EncodingNeed.ScaledLookups;
        var source = new StoredSource(linear, codes, candidate.Site.ElementType);
        InputImportance? importance = candidate.Knowledge.Importance(palette, out string remark);
        return new EncodingChoice(
            WeightEncoding.Joint,
            $"[{string.Join("x", counts)}]",
            string.Join("; ", new[] { candidate.Groups.Remark, remark }.Where(text => text.Length > 0)),
            () => EncodedWeight.Dense(candidate.Decoded.Values, candidate.Site.ByteCount, candidate.Knowledge.Choose(importance, Coder)),
            scalesTables ? (emitter, weight) => emitter.Dense(weight, null) : (emitter, weight) => emitter.PalettizedLinear(weight, codes))
        {
            KeptLength = scalesTables ? 0 : candidate.Site.ByteCount - candidate.Stored.Length,
        };

        // Where the scales go to the tables, each table has one.
        TensorCoder Coder(InputImportance? counting) => new RecodedCoder(
            source,
            counts,
            palette.BitWidth,
            PaletteSearch.Of(palette.Mode, counting is null || scalesTables ? counting : new IntegerImportance(counting, linear)),
            scalesTables);
    }

    /// <summary>Why the integers of a quantized weight get no tables; <see langword="null"/> when they do.</summary>
    /// <param name="codes">Type of the integers.</param>
    /// <param name="palette">What is asked for.</param>
    public static string? WhyNotRecoded(ElementType codes, PalettizationRecipe palette) =>
        codes is not (ElementType.Int8 or ElementType.UInt8) ? $"contains {codes}, which a lookup table cannot store"
        : palette is not { Mode: PalettizationMode.KMeans or PalettizationMode.Uniform, VectorSize: 1, PerChannelScale: false, QuantizeLookupTable: false }
            ? "is already quantized; its integers support only one plain table of single values per group"
        : null;

    /// <summary>A palettized weight: pruned, it keeps its indices and tables; quantized, its tables become integers.</summary>
    public static EncodingChoice OfPalettized(WeightCandidate candidate)
    {
        WeightSteps steps = candidate.Steps;
        if (steps.Palettization is not null)
        {
            return EncodingChoice.None("is already palettized; expand the model first to palettize it differently");
        }

        if (candidate.Decoded.Palettized is not { Vector: null } palettized || steps is { Pruning: not null, Quantization: not null })
        {
            return EncodingChoice.None("is already palettized; it can be pruned or its tables quantized, but not both and not with vectors");
        }

        if (steps.Pruning is { } pruning)
        {
            return WeightEncoder.WhyNotPruned(candidate, pruning) is { } reason
                ? EncodingChoice.None(reason)
                : candidate.IsAllZero ? WeightEncoder.AllZero(candidate)
                : Pruned(candidate, new StoredCodesCoder(palettized.Indices, candidate.Site.StorageType, candidate.Shape), (emitter, weight) => emitter.PrunedPalettized(weight));
        }

        return QuantizedTables(candidate, steps.Quantization!);
    }

    private static EncodingChoice QuantizedTables(WeightCandidate candidate, LinearQuantizationRecipe recipe)
    {
        var palettized = candidate.Decoded.Palettized!;
        IReadOnlyList<long> groups = TableGroups(candidate);
        return !TableQuantization.IsWorthwhile(groups, palettized.Entries) ? EncodingChoice.None(TableQuantization.TooSmall)
            : new EncodingChoice(
            WeightEncoding.Joint,
            "tables",
            string.Empty,
            () => EncodedWeight.Dense(
                candidate.Decoded.Values,
                candidate.Site.ByteCount,
                new RequantizedTables(palettized, new BlockGrid(candidate.Shape, groups), candidate.Site.StorageType, candidate.Site.ElementType, TableQuantization.Of(recipe))),
            (emitter, weight) => emitter.Dense(weight, null));
    }

    private static long[] TableGroups(WeightCandidate candidate) =>
        candidate.Node.Inputs.First(input => input.Parameter == "lut") is { } lut
            ? MilTypes.ShapeOf(lut.Type).Take(candidate.Shape.Count).ToArray()
            : [];

    private static EncodingChoice Pruned(WeightCandidate candidate, StoredCodesCoder coder, System.Action<WeightEmitter, EncodedWeight> emit) => new(
        WeightEncoding.Joint,
        string.Empty,
        string.Empty,
        () => EncodedWeight.Sparse(
            candidate.Decoded.Values,
            candidate.Site.ByteCount,
            candidate.Shape,
            candidate.Site.ElementType,
            candidate.Pruner.Pruner,
            coder,
            candidate.Site.ElementCount - candidate.ZeroCount),
        emit)
    {
        KeptLength = candidate.Site.ByteCount - candidate.Stored.Length,
    };
}
