using System;
using System.Buffers;

namespace CoreMLQuant.Tensors.Decoding;

/// <summary>
/// A NeuralNetwork's linear quantization: <c>code * scale + bias</c>, in FP64 and rounded once, as coremltools computes it.
/// (An ML Program's subtracts an offset from the code, see <see cref="LinearValues"/>.)
/// </summary>
/// <param name="codes">The stored integers.</param>
/// <param name="grid">How the scales lie over the weight.</param>
/// <param name="scale">A scale for each block.</param>
/// <param name="bias">A bias for each block; <see langword="null"/> for 0.</param>
internal sealed class AffineValues(TensorValues codes, BlockGrid grid, TensorValues scale, TensorValues? bias) : BlockedValues(grid, 1)
{
    private readonly TensorValues _scale = HeldValues.Of(scale);
    private readonly TensorValues? _bias = bias is null ? null : HeldValues.Of(bias);

    public override long Count => codes.Count;

    /// <summary>The stored integers.</summary>
    public TensorValues Codes => codes;

    /// <summary>The scales, one for each block of the grid.</summary>
    public TensorValues Scale => _scale;

    /// <summary>The biases, one for each block of the grid; <see langword="null"/> when all are 0.</summary>
    public TensorValues? Bias => _bias;

    public override void Read(long start, Span<float> destination)
    {
        codes.Read(start, destination);
        ReadBlocked(start, destination);
    }

    protected override void Decode(long start, Span<float> values, long firstBlock, int blockCount)
    {
        float[] scales = ArrayPool<float>.Shared.Rent(blockCount), biases = ArrayPool<float>.Shared.Rent(blockCount);
        try
        {
            _scale.Read(firstBlock, scales.AsSpan(0, blockCount));
            biases.AsSpan(0, blockCount).Clear();
            _bias?.Read(firstBlock, biases.AsSpan(0, blockCount));
            foreach ((int at, int length, long block) in Grid.Runs(start, values.Length))
            {
                double factor = scales[block - firstBlock], summand = biases[block - firstBlock];
                Span<float> run = values.Slice(at, length);
                for (int i = 0; i < run.Length; i++)
                {
                    run[i] = (float)((run[i] * factor) + summand);
                }
            }
        }
        finally
        {
            ArrayPool<float>.Shared.Return(scales);
            ArrayPool<float>.Shared.Return(biases);
        }
    }
}
