using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using CoreMLQuant.Models;

namespace CoreMLQuant.Recipes;

/// <summary>Linear quantization: integers with a scale, and an offset where the range is not symmetric.</summary>
public sealed record LinearQuantizationRecipe : WeightRecipe
{
    /// <summary>Bits of an integer: 4 or 8 in an ML Program, 1 to 8 in a NeuralNetwork.</summary>
    public int BitWidth { get; init; } = 8;

    /// <summary>Unsigned integers (a NeuralNetwork's always are).</summary>
    public bool Unsigned { get; init; }

    /// <summary>Symmetric or affine.</summary>
    public QuantizationMode Mode { get; init; } = QuantizationMode.Symmetric;

    /// <summary>One scale for the tensor, for each output channel, or for each block.</summary>
    public Granularity Granularity { get; init; } = Granularity.PerChannel;

    /// <summary>
    /// Values that share a scale, for <see cref="Granularity.PerBlock"/>: one number counts along the input channels of
    /// each output channel; several are one for each axis. 0 stands for the whole axis.
    /// </summary>
    public IReadOnlyList<int> BlockSize { get; init; } = [32];

    /// <summary>
    /// How the range of each scale is found. With <see cref="RangeEstimator.MeanSquaredError"/>, no block errs more than with <see cref="RangeEstimator.MinMax"/>; with
    /// statistics of the inputs, errors count by their second moments. <see cref="RangeEstimator.Percentile"/> cuts off what lies beyond <see cref="Percentile"/>.
    /// </summary>
    public RangeEstimator RangeEstimator { get; init; } = RangeEstimator.MinMax;

    /// <summary>
    /// Where ranges end with <see cref="RangeEstimator.Percentile"/>: the percentage of the values of a block up to the upper end; as many lie from the lower end on. More than 50, at most 100.
    /// </summary>
    public double Percentile { get; init; } = Percentiles.Default;

    /// <summary>
    /// With statistics of the inputs: compensate errors not only in the order in which inputs are stored, but also in that of their second moments, the largest first (act-order), so
    /// that the errors of those that matter most have the most others to compensate them; each row keeps what is better. Without statistics, it has no effect.
    /// </summary>
    public bool ActOrder { get; init; } = true;

    /// <summary>What to do where the block size does not divide the weight.</summary>
    public BlockFallback Fallback { get; init; } = BlockFallback.Skip;

    /// <summary>
    /// Let the <c>innerProduct</c> and <c>batchedMatmul</c> layers of a NeuralNetwork multiply in Int8: their weights get one scale and
    /// no bias, and the system quantizes their inputs while it computes (iOS 14, macOS 11). Takes 8 bits and the mode
    /// <see cref="QuantizationMode.Symmetric"/>. Other layers are quantized as without it; it has no effect on an ML Program.
    /// </summary>
    public bool Int8MatrixMultiply { get; init; }

    /// <summary>
    /// What becomes of activations; <see langword="null"/> when they stay floats. A NeuralNetwork quantizes them where it multiplies in Int8, so that there it has
    /// the effect of <see cref="Int8MatrixMultiply"/>.
    /// </summary>
    public ActivationQuantization? Activations { get; init; }

    /// <inheritdoc/>
    public override string Description => string.Format(
        CultureInfo.InvariantCulture,
        "{0}{1} {2} {3}{4}{5}",
        Unsigned ? "UInt" : "Int",
        BitWidth,
        Mode == QuantizationMode.Symmetric ? "symmetric" : "affine",
        Granularity switch
        {
            Granularity.PerTensor => "per tensor",
            Granularity.PerChannel => "per channel",
            _ => "per block of " + string.Join("x", BlockSize.Select(size => size.ToString(CultureInfo.InvariantCulture))),
        },
        RangeEstimator switch
        {
            RangeEstimator.Percentile when Percentile == Percentiles.Default => ", outermost values cut off",
            RangeEstimator.Percentile => string.Format(CultureInfo.InvariantCulture, ", cut off at percentile {0}", Percentile),
            RangeEstimator.MeanSquaredError => ", least squared error",
            _ => string.Empty,
        },
        Activations is null ? string.Empty : $", {Activations.Description}");

    /// <inheritdoc/>
    public override string FileSuffix => string.Format(CultureInfo.InvariantCulture, Unsigned ? "_uint{0}{1}" : "_int{0}{1}", BitWidth, Activations is null ? string.Empty : ActivationQuantization.FileSuffix);

    /// <inheritdoc/>
    public override void Validate()
    {
        Activations?.Validate();
        Percentiles.Validate(Percentile);
        if (BitWidth is < 1 or > 8)
        {
            throw new RecipeException($"Linear quantization does not support {BitWidth} bits.", "Use 8 or 4 bits (a NeuralNetwork also supports 1 to 7).");
        }

        if (Int8MatrixMultiply && (BitWidth != 8 || Mode != QuantizationMode.Symmetric))
        {
            throw new RecipeException("Int8 matrix multiplication requires symmetric 8-bit weights.", "Use 8 bits and the mode Symmetric, or omit it.");
        }

        if (Granularity == Granularity.PerBlock && (BlockSize.Count == 0 || BlockSize.Any(size => size < 0)))
        {
            throw new RecipeException("A block size is a number, or one number for each axis, with 0 for the whole axis.", "Use blocks of 32, or the granularity PerChannel.");
        }
    }
}
