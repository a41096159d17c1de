using System.Globalization;
using System.Linq;
using CoreMLQuant.Coding;
using CoreMLQuant.Elements;
using CoreMLQuant.Models;
using CoreMLQuant.Recipes;
using CoreMLQuant.Tensors;

namespace CoreMLQuant.NeuralNetworks.Compression;

/// <summary>How a weight of a NeuralNetwork that has been looked at is encoded, or why it is not.</summary>
/// <param name="Weight">The encoded weight; <see langword="null"/> when it is left.</param>
/// <param name="Reason">Why it is left; empty when it is not.</param>
internal readonly record struct NetworkCoder(EncodedWeight? Weight, string Reason)
{
    private const int MostBits = 8;

    /// <summary>What the reader should know; <see langword="null"/> or empty for nothing.</summary>
    public string? Remark { get; init; }

    /// <summary>Chooses.</summary>
    public static NetworkCoder Of(NetworkWeight weight)
    {
        if ((weight.Reason.Length > 0 ? weight.Reason : weight.Obstacle) is { } reason)
        {
            return new NetworkCoder(null, reason);
        }

        string remark;
        TensorCoder? coder = weight.Steps.Palettization is { } palette
            ? Table(weight, palette, out reason, out remark)
            : Linear(weight, weight.Steps.Quantization!, out reason, out remark);
        if (coder is null)
        {
            return new NetworkCoder(null, reason!);
        }

        var encoded = EncodedWeight.Dense(weight.Values, weight.Site.ByteCount, coder, BitOrder.HighestFirst);
        encoded.Layer = weight.Knowledge.Layer;
        return encoded.Length < weight.PlainLength
            ? new NetworkCoder(encoded, string.Empty) { Remark = remark }
            : new NetworkCoder(null, string.Format(CultureInfo.InvariantCulture, "would take {0} bytes instead of {1}", encoded.Length, weight.PlainLength));
    }

    private static TensorCoder? Linear(NetworkWeight weight, LinearQuantizationRecipe recipe, out string? reason, out string remark)
    {
        bool isFactor = weight.IsInt8Factor && weight.Stored.StorageType != ElementType.Int8;
        bool compensates = weight.Knowledge.Compensates(recipe, out remark);
        reason = isFactor ? null : IsAlready(weight, WeightEncoding.Linear, recipe.BitWidth);
        if (reason is not null)
        {
            return null;
        }

        BlockGrid grid = isFactor || recipe.Granularity == Granularity.PerTensor ? BlockGrid.Whole(weight.Grid.Shape) : weight.Grid;
        AffineForm form = isFactor ? AffineForm.Signed : recipe.Mode == QuantizationMode.Symmetric ? AffineForm.Centred : AffineForm.Range;
        var plain = new AffineCoder(grid, form, recipe.BitWidth, weight.Knowledge.Ranges(recipe));
        return Compensated(weight, recipe, plain, compensates);
    }

    private static TensorCoder Compensated(NetworkWeight weight, WeightRecipe recipe, BlockCoder plain, bool compensates) => compensates
        ? new CompensatedCoder(plain, weight.Knowledge.Layer!, recipe is not LinearQuantizationRecipe { ActOrder: false })
        : plain;

    private static TensorCoder? Table(NetworkWeight weight, PalettizationRecipe recipe, out string? reason, out string remark)
    {
        InputImportance? importance = weight.Knowledge.Importance(recipe, out string importanceRemark);
        remark = string.Empty;
        int bits = recipe.BitWidth;
        if (recipe.Mode == PalettizationMode.Unique)
        {
            bits = Enumerable.Range(1, MostBits).FirstOrDefault(width => weight.DistinctCount <= 1 << width);
            if (bits == 0)
            {
                reason = "has more than 256 distinct values";
                return null;
            }
        }

        reason = IsAlready(weight, WeightEncoding.Palettized, bits);
        BlockGrid whole = BlockGrid.Whole(weight.Grid.Shape);
        bool compensates = !recipe.IsLossless && recipe.LookupTableFunction is null && weight.Knowledge.Compensates(recipe, out remark);
        remark = string.Join("; ", new[] { importanceRemark, remark }.Where(text => text.Length > 0));
        return reason is not null ? null
            : recipe.LookupTableFunction is { } function ? new CustomCoder(weight.Site.Name, whole, bits, function, ElementType.Float32, null)
            : recipe.Mode == PalettizationMode.Uniform ? Compensated(weight, recipe, new AffineTableCoder(weight.Grid.Shape, bits), compensates)
            : weight.Knowledge.Choose(
                importance,
                counting => Compensated(weight, recipe, new PaletteCoder(whole, bits, PaletteSearch.Of(recipe.Mode, counting), ElementType.Float32, null, withoutZeros: false), compensates));
    }

    // Encoding once more what has the encoding already only adds error.
    private static string? IsAlready(NetworkWeight weight, WeightEncoding encoding, int bits) =>
        !weight.IsFolded && weight.Stored.Encoding == encoding && weight.Stored.StorageType.BitWidth() == bits
            ? $"is already {WeightEncodings.Describe(weight.Site)}"
            : null;
}
