using System;
using System.Runtime.CompilerServices;
#if NET
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
#endif

namespace CoreMLQuant.Tensors;

/// <summary>
/// Linear quantization of a NeuralNetwork's tiles, in FP64 and operation by operation as coremltools does it: the distance from the
/// origin in steps, ties to even; and what the codes decode to, <c>scale * q + bias</c> rounded once.
/// </summary>
internal static class AffineKernel
{
    // Adding and subtracting 1.5 * 2^52 rounds an FP64 value below 2^51 to a whole number, ties to even; the sum's lowest
    // bits are that number in two's complement.
    private const double Rounder = 6755399441055744;
#if NET

    // A product with the inverse of the step is off from the quotient by less than 2^-42 among the codes, so that it rounds as the quotient does
    // unless it is this far from a whole number. Multiplying takes a fifth of the time of dividing.
    private const double NearMiddle = 0.5 - (1.0 / (1L << 40));
#endif

    /// <summary>Quantizes a tile.</summary>
    /// <param name="grid">How the scales lie over the weight.</param>
    /// <param name="parameters">Scales and biases.</param>
    /// <param name="start">The tile's first element.</param>
    /// <param name="values">The tile; finite.</param>
    /// <param name="codes">Takes one code a byte, signed ones in two's complement.</param>
    /// <param name="decoded">Takes what the codes decode to.</param>
    public static void Encode(
        BlockGrid grid, AffineParameters parameters, long start, ReadOnlySpan<float> values, Span<byte> codes, Span<float> decoded)
    {
        foreach ((int offset, int length, long block) in grid.Runs(start, values.Length))
        {
            var run = new Run(parameters, (int)block);
            ReadOnlySpan<float> input = values.Slice(offset, length);
            Span<byte> output = codes.Slice(offset, length);
            Span<float> result = decoded.Slice(offset, length);
            int done = 0;
#if NET
            if (Vector256.IsHardwareAccelerated && length >= 8)
            {
                done = EncodeVectors(input, run, output, result);
            }
#endif
            EncodeScalar(input.Slice(done), run, output.Slice(done), result.Slice(done));
        }
    }

    /// <summary>The reference: one value after the other.</summary>
    /// <param name="values">Values of one block.</param>
    /// <param name="run">The block's numbers.</param>
    /// <param name="codes">Takes the codes.</param>
    /// <param name="decoded">Takes what they decode to.</param>
    [MethodImpl(HotLoop.Optimized)]
    public static void EncodeScalar(ReadOnlySpan<float> values, in Run run, Span<byte> codes, Span<float> decoded)
    {
        (double origin, double factor, double min, double max, double scale, double bias) = (run.Origin, run.Factor, run.Min, run.Max, run.Scale, run.Bias);
        bool divides = run.Divides;
        for (int i = 0; i < values.Length; i++)
        {
            double distance = values[i] - origin;
            double code = Math.Round(Math.Min(Math.Max(divides ? distance / factor : distance * factor, min), max));
            codes[i] = (byte)(int)code;
            decoded[i] = (float)((code * scale) + bias);
        }
    }

#if NET
    [MethodImpl(HotLoop.Optimized)]
    private static int EncodeVectors(ReadOnlySpan<float> values, in Run run, Span<byte> codes, Span<float> decoded)
    {
        ReadOnlySpan<Vector256<float>> input = MemoryMarshal.Cast<float, Vector256<float>>(values);
        Span<Vector256<float>> output = MemoryMarshal.Cast<float, Vector256<float>>(decoded.Slice(0, input.Length * 8));
        Span<ulong> packed = MemoryMarshal.Cast<byte, ulong>(codes.Slice(0, input.Length * 8));
        bool divides = run.Divides;
        Vector256<double> origin = Vector256.Create(run.Origin), step = Vector256.Create(run.Factor), factor = Vector256.Create(divides ? 1 / run.Factor : run.Factor);
        Vector256<double> min = Vector256.Create((double)run.Min), max = Vector256.Create((double)run.Max), rounder = Vector256.Create(Rounder);
        Vector256<double> scale = Vector256.Create(run.Scale), bias = Vector256.Create(run.Bias), middle = Vector256.Create(NearMiddle);
        for (int i = 0; i < input.Length; i++)
        {
            (Vector256<double> low, Vector256<double> high) = Vector256.Widen(input[i]);
            (low, high) = (low - origin, high - origin);
            Vector256<double> lowCode = Clamp(low * factor, min, max), highCode = Clamp(high * factor, min, max);
            Vector256<double> lowSum = lowCode + rounder, highSum = highCode + rounder;
            if (divides && Vector256.GreaterThanAny(
                Vector256.MaxNative(Vector256.Abs(lowCode - (lowSum - rounder)), Vector256.Abs(highCode - (highSum - rounder))), middle))
            {
                (lowSum, highSum) = (Clamp(low / step, min, max) + rounder, Clamp(high / step, min, max) + rounder);
            }

            Vector256<uint> integers = Vector256.Narrow(lowSum.AsUInt64(), highSum.AsUInt64());
            packed[i] = CodeBytes.Of(integers.AsInt32());
            output[i] = Vector256.Narrow(((lowSum - rounder) * scale) + bias, ((highSum - rounder) * scale) + bias);
        }

        return input.Length * 8;
    }

    // Nothing here is NaN, and the sign of a zero does not matter.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<double> Clamp(Vector256<double> codes, Vector256<double> min, Vector256<double> max) =>
        Vector256.MinNative(Vector256.MaxNative(codes, min), max);
#endif

    /// <summary>What a block's values are encoded with.</summary>
    public readonly struct Run
    {
        /// <summary>Takes a block's numbers.</summary>
        public Run(AffineParameters parameters, int block)
        {
            // coremltools multiplies with the inverse in the one form and divides in the others, and the last bit tells.
            Divides = parameters.Form != AffineForm.Range;
            Origin = parameters.Origins[block];
            Factor = Divides ? parameters.Steps[block] : 1 / parameters.Steps[block];
            (Min, Max) = (parameters.Min, parameters.Max);
            (Scale, Bias) = (parameters.Scales[block], parameters.Biases[block]);
        }

        /// <summary>Value of code 0.</summary>
        public double Origin { get; }

        /// <summary>The step, or its inverse.</summary>
        public double Factor { get; }

        /// <summary>Whether <see cref="Factor"/> is the step.</summary>
        public bool Divides { get; }

        /// <summary>Smallest code.</summary>
        public int Min { get; }

        /// <summary>Largest code.</summary>
        public int Max { get; }

        /// <summary>The scale as stored.</summary>
        public double Scale { get; }

        /// <summary>The bias as stored.</summary>
        public double Bias { get; }
    }
}
