using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using CoreMLQuant.Coding;
using CoreMLQuant.Recipes;
using CoreMLQuant.Tensors;

namespace CoreMLQuant.Mil.Compression;

/// <summary>What makes codes of a weight's floats, or why nothing does.</summary>
/// <param name="Coder">The coder; <see langword="null"/> when the floats are stored as they are, or the weight is left.</param>
/// <param name="Layout">How its tables lie over the weight.</param>
/// <param name="VectorAxis">Axis of its vectors, where it has any.</param>
/// <param name="Remark">What the reader should know.</param>
/// <param name="Reason">Why the weight is left; empty when it is not.</param>
internal sealed record CoderChoice(TensorCoder? Coder, string Layout, int? VectorAxis, string Remark, string Reason)
{
    private static readonly int[] IndexBits = [1, 2, 3, 4, 6, 8];

    /// <summary>Whether its tables are stored as integers.</summary>
    public bool QuantizesTables { get; init; }

    /// <summary>Chooses.</summary>
    /// <param name="candidate">The weight.</param>
    /// <param name="isSparse">Whether its zeros are not stored.</param>
    public static CoderChoice Of(WeightCandidate candidate, bool isSparse) =>
        candidate.Steps is { QuantizesFirst: true, Palettization: { } last, Quantization: { } first } ? Recoded(candidate, first, last)
        : candidate.Steps.Palettization is { } palette ? Palette(candidate, palette, isSparse)
        : candidate.Steps.Quantization is { } linear ? Linear(candidate, linear, isSparse)
        : new CoderChoice(null, string.Empty, null, string.Empty, string.Empty);

    /// <summary>The integers of a recipe.</summary>
    public static LinearRange Range(LinearQuantizationRecipe recipe) =>
        new(recipe.BitWidth, !recipe.Unsigned, recipe.Mode == QuantizationMode.Symmetric);

    private static CoderChoice Linear(WeightCandidate candidate, LinearQuantizationRecipe recipe, bool isSparse)
    {
        var blocks = BlockShape.Of(recipe, candidate.Shape, candidate.Axes);
        if (blocks.Counts is null)
        {
            return None(blocks.Remark);
        }

        string remark = blocks.Remark;
        var plain = new LinearCoder(new BlockGrid(candidate.Shape, blocks.Counts), Range(recipe), candidate.Site.ElementType, candidate.Knowledge.Ranges(recipe));
        return new CoderChoice(Compensated(candidate, recipe, plain, isSparse, ref remark), Text(blocks.Counts), null, remark, string.Empty);
    }

    /// <summary>A coder that compensates errors, where that is asked for and possible.</summary>
    /// <param name="candidate">The weight.</param>
    /// <param name="recipe">The step.</param>
    /// <param name="plain">Rounds each value by itself.</param>
    /// <param name="isLeft">Whether there is nothing to compensate, or pruning has done it.</param>
    /// <param name="remark">Is told why errors are not compensated although that is asked for.</param>
    private static TensorCoder Compensated(WeightCandidate candidate, WeightRecipe recipe, BlockCoder plain, bool isLeft, ref string remark)
    {
        if (isLeft)
        {
            return plain;
        }

        bool compensates = candidate.Knowledge.Compensates(recipe, out string reason);
        remark = string.Join("; ", new[] { remark, reason }.Where(text => text.Length > 0));
        return compensates ? new CompensatedCoder(plain, candidate.Knowledge.Layer!, recipe is not LinearQuantizationRecipe { ActOrder: false }) : plain;
    }

    /// <summary>Integers first, and tables of these integers, each with the scale of its block.</summary>
    private static CoderChoice Recoded(WeightCandidate candidate, LinearQuantizationRecipe linear, PalettizationRecipe palette)
    {
        var blocks = BlockShape.Of(linear, candidate.Shape, candidate.Axes);
        if ((blocks.Counts, candidate.Groups.Counts) is not ({ } scales, { } groups))
        {
            return None(blocks.Counts is null ? blocks.Remark : candidate.Groups.Remark);
        }

        InputImportance? importance = candidate.Knowledge.Importance(palette, out string importanceRemark);
        return Composition.WhyNotRecoded(Source().CodeType, palette) is { } reason
            ? None(reason)
            : new CoderChoice(
                candidate.Knowledge.Choose(importance, Coder),
                $"{Text(scales)} {Text(groups)} integers",
                null,
                string.Join("; ", new[] { blocks.Remark, candidate.Groups.Remark, importanceRemark }.Where(remark => remark.Length > 0)),
                string.Empty)
            {
                QuantizesTables = true,
            };

        QuantizedSource Source() => new(new BlockGrid(candidate.Shape, scales), Range(linear), candidate.Site.ElementType, candidate.Knowledge.Ranges(linear));

        TensorCoder Coder(InputImportance? counting) =>
            new RecodedCoder(Source(), groups, palette.BitWidth, PaletteSearch.Of(palette.Mode, counting), scalesTables: true);
    }

    private static CoderChoice Palette(WeightCandidate candidate, PalettizationRecipe recipe, bool isSparse)
    {
        if (candidate.Groups.Counts is not { } counts)
        {
            return None(candidate.Groups.Remark);
        }

        int bits = recipe.BitWidth;
        if (recipe.Mode == PalettizationMode.Unique)
        {
            bits = IndexBits.FirstOrDefault(width => candidate.DistinctCount <= 1 << width && (width != 3 || candidate.CanNest));
            if (bits == 0)
            {
                return None("has more than 256 distinct values");
            }
        }

        TableQuantization? tables = recipe.QuantizeLookupTable ? new TableQuantization(new LinearRange(8, true, true), IsShared: false)
            : candidate.Steps.Quantization is { } linear ? TableQuantization.Of(linear)
            : null;
        InputImportance? importance = candidate.Knowledge.Importance(recipe, out string importanceRemark);
        string remark = string.Join("; ", new[] { candidate.Groups.Remark, importanceRemark }.Where(text => text.Length > 0));
        if (tables is not null && !TableQuantization.IsWorthwhile(counts, (1L << bits) * recipe.VectorSize))
        {
            tables = null;
            remark = string.Join("; ", new[] { remark, TableQuantization.TooSmall }.Where(text => text.Length > 0));
        }

        if (recipe.VectorSize > 1)
        {
            return Vectors(candidate, recipe, counts, tables, importance, remark, isSparse);
        }

        var grid = new BlockGrid(candidate.Shape, counts);
        string compensation = string.Empty;
        TensorCoder coder = recipe.LookupTableFunction is { } function && !isSparse
            ? new CustomCoder(candidate.Site.Name, grid, bits, function, candidate.Site.ElementType, tables)
            : isSparse ? Scalars(importance)
            : candidate.Knowledge.Choose(importance, Scalars);
        return recipe.LookupTableFunction is not null && isSparse
            ? None("is sparse; a lookup table function supports only dense weights")
            : new CoderChoice(
                coder,
                $"{Text(counts)} {bits.ToString(CultureInfo.InvariantCulture)}",
                null,
                string.Join("; ", new[] { remark, compensation }.Where(text => text.Length > 0)),
                string.Empty)
            {
                QuantizesTables = tables is not null,
            };

        TensorCoder Scalars(InputImportance? counting)
        {
            var plain = new PaletteCoder(grid, bits, PaletteSearch.Of(recipe.Mode, counting), candidate.Site.ElementType, tables, isSparse);
            compensation = string.Empty;
            return Compensated(candidate, recipe, plain, isSparse || recipe.IsLossless, ref compensation);
        }
    }

    private static CoderChoice Vectors(
        WeightCandidate candidate,
        PalettizationRecipe recipe,
        IReadOnlyList<long> counts,
        TableQuantization? tables,
        InputImportance? importance,
        string remark,
        bool isSparse)
    {
        int axis = recipe.AxisIn(candidate.Shape.Count, candidate.Axes.Output) ?? candidate.Axes.Output;
        long channels = candidate.Shape[axis] / (axis == 0 ? candidate.ConvolutionGroups : 1);
        return isSparse ? None("is sparse; vectors would mix zeros and other values")
            : channels % recipe.VectorSize != 0 || candidate.Shape[axis] / counts[axis] % recipe.VectorSize != 0
                ? None($"has {(channels == 1 ? "1 channel" : $"{channels} channels")} along axis {axis}, not a multiple of the vector size {recipe.VectorSize}")
            : new CoderChoice(
                candidate.Knowledge.Choose(importance, Coder),
                $"{Text(counts)} vectors",
                axis,
                remark,
                string.Empty)
            {
                QuantizesTables = tables is not null,
            };

        TensorCoder Coder(InputImportance? counting) =>
            new VectorCoder(candidate.Shape, axis, recipe.VectorSize, counts, recipe.BitWidth, candidate.Site.ElementType, tables, counting);
    }

    private static CoderChoice None(string reason) => new(null, string.Empty, null, string.Empty, reason);

    private static string Text(IReadOnlyList<long> counts) => $"[{string.Join("x", counts)}]";
}
