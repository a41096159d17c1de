using System;

namespace CoreMLQuant.Tensors.Compensation;

/// <summary>Encodes values that each have a block, and so a scale or a lookup table, of their own.</summary>
internal abstract class BlockEncoder
{
    /// <summary>How the blocks lie over the weight.</summary>
    public abstract BlockGrid Grid { get; }

    /// <summary>Whether scales may follow what compensation makes of a block's values.</summary>
    public virtual bool CanFit => false;

    /// <summary>Encodes values.</summary>
    /// <param name="blocks">The block of each value.</param>
    /// <param name="values">The values.</param>
    /// <param name="codes">Takes one code a byte.</param>
    /// <param name="decoded">Takes what the codes decode to.</param>
    public abstract void Encode(ReadOnlySpan<int> blocks, ReadOnlySpan<float> values, Span<byte> codes, Span<float> decoded);

    /// <summary>Takes the scale of a block from other values than those that it was computed from.</summary>
    /// <param name="block">The block.</param>
    /// <param name="min">The smallest value.</param>
    /// <param name="max">The largest value.</param>
    public virtual void Fit(int block, float min, float max) => throw new NotSupportedException();

    /// <summary>Takes the scale of a block from its own values again.</summary>
    /// <param name="block">The block.</param>
    public virtual void Restore(int block) => throw new NotSupportedException();
}

/// <summary>Linear quantization of an ML Program's weights.</summary>
/// <param name="grid">How the scales lie over the weight.</param>
/// <param name="ranges">The range of each block.</param>
/// <param name="parameters">Scales and offsets of these ranges.</param>
/// <param name="range">The integers.</param>
/// <param name="isHalf">Whether scales and decoded values are FP16.</param>
/// <param name="canFit">Whether scales are those of the smallest and the largest value, so that they may follow these.</param>
internal sealed class LinearBlockEncoder(BlockGrid grid, BlockRanges ranges, LinearParameters parameters, LinearRange range, bool isHalf, bool canFit) : BlockEncoder
{
    public override BlockGrid Grid => grid;

    public override bool CanFit => canFit;

    public override void Encode(ReadOnlySpan<int> blocks, ReadOnlySpan<float> values, Span<byte> codes, Span<float> decoded)
    {
        Span<float> scales = stackalloc float[ProductKernel.Tile], offsets = stackalloc float[ProductKernel.Tile];
        for (int i = 0; i < values.Length; i++)
        {
            scales[i] = parameters.Scales[blocks[i]];
            offsets[i] = parameters.Offsets?[blocks[i]] ?? 0;
        }

        LinearKernel.EncodeEach(values, scales, offsets, range, codes, decoded);
        if (isHalf)
        {
            HalfRounding.Round(decoded);
        }
    }

    public override void Fit(int block, float min, float max) => parameters.Set(block, min, max, range, isHalf);

    public override void Restore(int block) => parameters.Set(block, ranges.Min[block], ranges.Max[block], range, isHalf);
}

/// <summary>Linear quantization of a NeuralNetwork's weights.</summary>
/// <param name="grid">How the scales lie over the weight.</param>
/// <param name="parameters">Scales and biases.</param>
internal sealed class AffineBlockEncoder(BlockGrid grid, AffineParameters parameters) : BlockEncoder
{
    public override BlockGrid Grid => grid;

    public override void Encode(ReadOnlySpan<int> blocks, ReadOnlySpan<float> values, Span<byte> codes, Span<float> decoded)
    {
        for (int i = 0; i < values.Length; i++)
        {
            var run = new AffineKernel.Run(parameters, blocks[i]);
            AffineKernel.EncodeScalar(values.Slice(i, 1), run, codes.Slice(i, 1), decoded.Slice(i, 1));
        }
    }
}
