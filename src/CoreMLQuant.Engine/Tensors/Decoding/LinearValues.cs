using System;
using System.Buffers;

namespace CoreMLQuant.Tensors.Decoding;

/// <summary>Linearly quantized values: <c>scale * (code - offset)</c>, a scale and an offset for each block.</summary>
/// <param name="codes">The stored numbers, most often integers.</param>
/// <param name="grid">How the scales lie over the weight.</param>
/// <param name="scale">A scale for each block.</param>
/// <param name="offset">An offset for each block; <see langword="null"/> for 0.</param>
/// <param name="rounding">Where results are rounded to FP16.</param>
internal sealed class LinearValues(TensorValues codes, BlockGrid grid, TensorValues scale, TensorValues? offset, LinearRounding rounding)
    : BlockedValues(grid, 1)
{
    private readonly TensorValues _scale = HeldValues.Of(scale);
    private readonly TensorValues? _offset = offset is null ? null : HeldValues.Of(offset);

    public override long Count => codes.Count;

    /// <summary>The stored numbers, one for each value.</summary>
    public TensorValues Codes => codes;

    /// <summary>The scales, one for each block of the grid.</summary>
    public TensorValues Scale => _scale;

    /// <summary>The offsets, one for each block of the grid; <see langword="null"/> when all are 0.</summary>
    public TensorValues? Offset => _offset;

    /// <summary>Other numbers under the same scales and offsets.</summary>
    public LinearValues With(TensorValues other) => new(other, Grid, _scale, _offset, rounding);

    public override void Read(long start, Span<float> destination)
    {
        codes.Read(start, destination);
        ReadBlocked(start, destination);
    }

    protected override void Decode(long start, Span<float> values, long firstBlock, int blockCount)
    {
        float[] parameters = ArrayPool<float>.Shared.Rent(blockCount);
        Span<float> blocks = parameters.AsSpan(0, blockCount);
        try
        {
            RoundWhen(rounding == LinearRounding.EachStep, values);
            if (_offset is not null)
            {
                _offset.Read(firstBlock, blocks);
                DequantizationKernel.Shift(Grid, start, values, blocks, firstBlock);
                RoundWhen(rounding == LinearRounding.EachStep, values);
            }

            _scale.Read(firstBlock, blocks);
            DequantizationKernel.Scale(Grid, start, values, blocks, firstBlock);
            RoundWhen(rounding != LinearRounding.None, values);
        }
        finally
        {
            ArrayPool<float>.Shared.Return(parameters);
        }
    }

    private static void RoundWhen(bool rounds, Span<float> values)
    {
        if (rounds)
        {
            HalfRounding.Round(values);
        }
    }
}

/// <summary>Where linear decoding rounds to FP16.</summary>
internal enum LinearRounding
{
    /// <summary>Nowhere: the result is FP32.</summary>
    None,

    /// <summary>The result.</summary>
    Result,

    /// <summary>The stored numbers, their difference from the offset, and the result. Makes a difference only when the stored numbers are floats.</summary>
    EachStep,
}
