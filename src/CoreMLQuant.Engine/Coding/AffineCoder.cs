using System;
using System.Collections.Generic;
using System.Threading;
using CoreMLQuant.Elements;
using CoreMLQuant.Tensors;
using CoreMLQuant.Tensors.Compensation;

namespace CoreMLQuant.Coding;

/// <summary>A NeuralNetwork's linear quantization: integers of 1 to 8 bits with a scale and mostly a bias for each block.</summary>
/// <param name="grid">How the scales lie over the weight.</param>
/// <param name="form">How the integers lie over the range.</param>
/// <param name="bits">Bits of an integer.</param>
/// <param name="search">Finds the ranges; <see langword="null"/> for those from the smallest value to the largest.</param>
internal sealed class AffineCoder(BlockGrid grid, AffineForm form, int bits, RangeSearch? search = null) : BlockCoder(ElementType.Float32)
{
    private AffineParameters? _parameters;

    public override ElementType CodeType { get; } = form == AffineForm.Signed ? ElementType.Int8 : IndexTypes.Of(bits);

    public override IReadOnlyList<long> CodeShape => grid.Shape;

    public override IReadOnlyList<CodeTable> Tables => form == AffineForm.Signed
        ? [new CodeTable("scale", ElementType, grid.BlockCounts)]
        : [new CodeTable("scale", ElementType, grid.BlockCounts), new CodeTable("bias", ElementType, grid.BlockCounts)];

    public override void Prepare(TensorValues values, CancellationToken cancellationToken)
    {
        BlockRanges ranges = (search ?? RangeSearch.MinMax).Find(values, grid, form != AffineForm.Range, Encoder, cancellationToken);
        _parameters = AffineParameters.Of(ranges, form, bits);
    }

    public override byte[] TableBytes(int index) => TableBytesOf.Floats(index == 0 ? _parameters!.Scales : _parameters!.Biases, ElementType);

    public override void Release() => _parameters = null;

    public override BlockEncoder NewEncoder() => new AffineBlockEncoder(grid, _parameters!);

    protected override void EncodeValues(long start, ReadOnlySpan<float> values, Span<byte> codes, Span<float> decoded) =>
        AffineKernel.Encode(grid, _parameters!, start, values, codes, decoded);

    private RangeSearch.TileEncoder Encoder(BlockRanges ranges)
    {
        var parameters = AffineParameters.Of(ranges, form, bits);
        return (start, values, codes, decoded) => AffineKernel.Encode(grid, parameters, start, values, codes, decoded);
    }
}
