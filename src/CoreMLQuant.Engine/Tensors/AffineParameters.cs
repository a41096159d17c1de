using System;

namespace CoreMLQuant.Tensors;

/// <summary>
/// Scale and bias of each block of a NeuralNetwork's weight, from its range, as coremltools computes them: in FP64, rounded to
/// FP32 when they are stored. Codes are found with the FP64 numbers.
/// </summary>
/// <remarks>
/// Where FP32 cannot hold a scale as a normal number, codes are found with the stored one instead, so that decoding and encoding
/// agree: a block of equal values has scale 1 (coremltools stores 0), a scale below the normal numbers is rounded up. Nothing
/// else is guarded: coremltools' bound of 1e-6 below which all codes become 0 would flatten small weights.
/// </remarks>
internal sealed class AffineParameters
{
    // 2^-126 and 2^-149: below the first, FP32 numbers are multiples of the second.
    private const double SmallestNormal = 1.1754943508222875e-38;

    private readonly float[] _scales;
    private readonly float[] _biases;

    private AffineParameters(int count, AffineForm form, int bits)
    {
        Form = form;
        Steps = new double[count];
        Origins = new double[count];
        _scales = new float[count];
        _biases = new float[count];
        Half = 1 << (bits - 1);
        (Min, Max) = form == AffineForm.Signed ? (1 - Half, Half - 1) : (0, (2 * Half) - 1);
    }

    /// <summary>How the integers lie.</summary>
    public AffineForm Form { get; }

    /// <summary>Smallest code.</summary>
    public int Min { get; }

    /// <summary>Largest code.</summary>
    public int Max { get; }

    /// <summary>Distance of neighbouring codes' values, by block, as codes are found with it.</summary>
    public double[] Steps { get; }

    /// <summary>Value of code 0, by block, as codes are found with it.</summary>
    public double[] Origins { get; }

    /// <summary>Scales as stored.</summary>
    public ReadOnlySpan<float> Scales => _scales;

    /// <summary>Biases as stored; all zero, and not stored, for <see cref="AffineForm.Signed"/>.</summary>
    public ReadOnlySpan<float> Biases => _biases;

    private int Half { get; }

    /// <summary>Computes the parameters.</summary>
    /// <param name="ranges">Range of each block; magnitudes below <see cref="MagnitudeScan.Sentinel"/>, so that nothing becomes infinite.</param>
    /// <param name="form">How the integers lie.</param>
    /// <param name="bits">1 to 8; at least 2 where zero is in the middle.</param>
    public static AffineParameters Of(BlockRanges ranges, AffineForm form, int bits)
    {
        AffineParameters parameters = Of(ranges.Min.Length, form, bits);
        for (int block = 0; block < parameters._scales.Length; block++)
        {
            parameters.Set(block, ranges.Min[block], ranges.Max[block]);
        }

        return parameters;
    }

    /// <summary>Room for the parameters, which are set block by block.</summary>
    /// <param name="count">Number of blocks.</param>
    /// <param name="form">How the integers lie.</param>
    /// <param name="bits">1 to 8; at least 2 where zero is in the middle.</param>
    public static AffineParameters Of(int count, AffineForm form, int bits) => new(count, form, bits);

    /// <summary>Computes the parameters of one block.</summary>
    /// <param name="block">The block.</param>
    /// <param name="min">Its smallest value; as for ranges.</param>
    /// <param name="max">Its largest value.</param>
    public void Set(int block, double min, double max)
    {
        double step = Form == AffineForm.Range ? (max - min) / Max : Math.Max(Math.Abs(min), Math.Abs(max)) / (Half - 1);
        step = step == 0 ? 1
            : step < SmallestNormal ? Math.Ceiling(step / float.Epsilon) * float.Epsilon
            : step;
        Steps[block] = step;
        Origins[block] = Form switch
        {
            AffineForm.Range => min,
            AffineForm.Centred => -Half * step,
            _ => 0,
        };
        _scales[block] = (float)step;
        _biases[block] = (float)Origins[block];
    }
}
