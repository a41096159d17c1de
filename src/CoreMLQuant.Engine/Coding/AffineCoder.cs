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
    private readonly RangeSearch _search = search ?? RangeSearch.MinMax;
    private Scales? _scales;

    public override ElementType CodeType { get; } = form == AffineForm.Signed ? ElementType.Int8 : IndexTypes.Of(bits);

    public override IReadOnlyList<long> CodeShape => grid.Shape;

    public override IReadOnlyList<CodeTable> Tables => form == AffineForm.Signed
        ? [new CodeTable("scale", ElementType, grid.BlockCounts)]
        : [new CodeTable("scale", ElementType, grid.BlockCounts), new CodeTable("bias", ElementType, grid.BlockCounts)];

    public override bool EncodesOnDemand { get; } = (search ?? RangeSearch.MinMax).IsMinMax && RangesOnDemand.Suits(grid);

    private RangesOnDemand OnDemand => LazyInitializer.EnsureInitialized(ref _scales, ScalesOnDemand)!.OnDemand!;

    public override void Prepare(TensorValues values, CancellationToken cancellationToken)
    {
        if (EncodesOnDemand)
        {
            OnDemand.FindAll(values, cancellationToken);
            return;
        }

        BlockRanges ranges = _search.Find(values, grid, form != AffineForm.Range, Encoder, cancellationToken);
        _scales = new Scales(AffineParameters.Of(ranges, form, bits), null);
    }

    public override byte[] TableBytes(int index) => TableBytesOf.Floats(index == 0 ? _scales!.Parameters.Scales : _scales!.Parameters.Biases, ElementType);

    public override void Release() => _scales = null;

    public override BlockEncoder NewEncoder() => new AffineBlockEncoder(grid, _scales!.Parameters);

    protected override void Look(TensorValues values, long start, ReadOnlySpan<float> tile)
    {
        if (EncodesOnDemand)
        {
            OnDemand.Find(values, start, tile);
        }
    }

    protected override void EncodeValues(long start, ReadOnlySpan<float> values, Span<byte> codes, Span<float> decoded) =>
        AffineKernel.Encode(grid, _scales!.Parameters, start, values, codes, decoded);

    private Scales ScalesOnDemand()
    {
        AffineParameters parameters = AffineParameters.Of(checked((int)grid.BlockCount), form, bits);
        return new Scales(parameters, new RangesOnDemand(grid, (block, min, max) => parameters.Set(block, min, max)));
    }

    private RangeSearch.TileEncoder Encoder(BlockRanges ranges)
    {
        var parameters = AffineParameters.Of(ranges, form, bits);
        return (start, values, codes, decoded) => AffineKernel.Encode(grid, parameters, start, values, codes, decoded);
    }

    private sealed record Scales(AffineParameters Parameters, RangesOnDemand? OnDemand);
}
