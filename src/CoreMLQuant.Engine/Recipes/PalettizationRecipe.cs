using System.Globalization;
using System.Linq;

namespace CoreMLQuant.Recipes;

/// <summary>Palettization: indices into a lookup table.</summary>
public sealed record PalettizationRecipe : WeightRecipe
{
    // 5 and 7 bits exist in a NeuralNetwork only; the planner of an ML Program refuses them.
    private const int MaximumBitWidth = 8;

    /// <summary>Bits of an index; with <see cref="PalettizationMode.Unique"/> as many as the weight needs.</summary>
    public int BitWidth { get; init; } = 4;

    /// <summary>How the entries are found.</summary>
    public PalettizationMode Mode { get; init; } = PalettizationMode.KMeans;

    /// <summary>Channels that share a lookup table; 0 means one table for the tensor (opset CoreML8 and later otherwise).</summary>
    public int GroupSize { get; init; }

    /// <summary>Axis along which channels are grouped, negative ones counted from the end; <see langword="null"/> means the output channels.</summary>
    public int? ChannelAxis { get; init; }

    /// <summary>Values of an entry, taken along the channel axis; 1 means single values (opset CoreML8 and later otherwise).</summary>
    public int VectorSize { get; init; } = 1;

    /// <summary>
    /// Channels of different ranges: a scale for each output channel, folded into the lookup tables, because devices fail
    /// on the nest of operations that a scale of its own takes. Folding makes a table for each channel anyway, so each
    /// is the best one for its channel instead of a scaled copy of a shared one (opset CoreML8 and later).
    /// </summary>
    public bool PerChannelScale { get; init; }

    /// <summary>Store the lookup tables as Int8 with a scale (opset CoreML8 and later).</summary>
    public bool QuantizeLookupTable { get; init; }

    /// <summary>Finds the table, for <see cref="PalettizationMode.Custom"/>.</summary>
    public LookupTableFunction? LookupTableFunction { get; init; }

    /// <summary>What to do where the group or vector size does not divide the weight.</summary>
    public BlockFallback Fallback { get; init; } = BlockFallback.Skip;

    /// <inheritdoc/>
    public override string Description => Mode == PalettizationMode.Unique
        ? "palettized by unique values"
        : string.Concat(
            BitWidth.ToString(CultureInfo.InvariantCulture),
            "-bit palettized (",
            string.Join(", ", new[]
            {
                Mode == PalettizationMode.KMeans ? "k-means" : Mode.ToString().ToLowerInvariant(),
                GroupSize > 0 ? $"groups of {GroupSize.ToString(CultureInfo.InvariantCulture)} channels" : null,
                VectorSize > 1 ? $"vectors of {VectorSize.ToString(CultureInfo.InvariantCulture)}" : null,
                PerChannelScale ? "per-channel scale" : null,
                QuantizeLookupTable ? "Int8 tables" : null,
            }.OfType<string>()),
            ")");

    /// <summary>The axis along which the channels of a weight are grouped; <see langword="null"/> when the weight has no such axis.</summary>
    /// <param name="rank">Its rank.</param>
    /// <param name="outputAxis">The axis of its output channels.</param>
    internal int? AxisIn(int rank, int outputAxis)
    {
        int axis = ChannelAxis is { } given ? (given < 0 ? given + rank : given) : outputAxis;
        return axis >= 0 && axis < rank ? axis : null;
    }

    /// <inheritdoc/>
    public override bool IsLossless => Mode == PalettizationMode.Unique && !PerChannelScale && !QuantizeLookupTable;

    /// <inheritdoc/>
    public override string FileSuffix => Mode == PalettizationMode.Unique ? "_unique" : $"_pal{BitWidth.ToString(CultureInfo.InvariantCulture)}";

    /// <inheritdoc/>
    public override void Validate()
    {
        if (Mode != PalettizationMode.Unique && BitWidth is < 1 or > MaximumBitWidth)
        {
            throw new RecipeException($"An index cannot have {BitWidth} bits.", "Use 1, 2, 3, 4, 6 or 8 bits (a NeuralNetwork also supports 5 and 7).");
        }

        if (Mode == PalettizationMode.Custom != (LookupTableFunction is not null))
        {
            throw new RecipeException("A lookup table function and the mode Custom require each other.", "Specify both, or neither.");
        }

        if (GroupSize < 0 || VectorSize < 1)
        {
            throw new RecipeException("A group size must be positive, or 0 for the whole tensor; a vector size must be at least 1.", "Omit them to use one table of single values.");
        }

        if (VectorSize > 1 && Mode == PalettizationMode.Uniform)
        {
            throw new RecipeException("The mode Uniform supports single values, not vectors.", "Use the mode KMeans with a vector size.");
        }

        if (VectorSize > 1 && Mode == PalettizationMode.Custom)
        {
            throw new RecipeException("A lookup table function supports only single values.", "Use the mode KMeans with a vector size.");
        }

        if (VectorSize > 1 && GroupSize % VectorSize != 0)
        {
            throw new RecipeException($"The group size {GroupSize} is not a multiple of the vector size {VectorSize}.", $"Use a group size that is a multiple of {VectorSize}.");
        }

        if (PerChannelScale && (GroupSize > 0 || VectorSize > 1 || Mode == PalettizationMode.Custom))
        {
            throw new RecipeException("A per-channel scale requires one lookup table for each channel.", "Omit the group size, vector size and function, or omit the scale.");
        }
    }
}
