using System;
using System.Collections.Generic;
using System.Threading;
using CoreMLQuant.Elements;
using CoreMLQuant.Tensors;
using CoreMLQuant.Tensors.Compensation;

namespace CoreMLQuant.Coding;

/// <summary>Linear quantization: integers with a scale, and mostly an offset, for each block.</summary>
/// <param name="grid">How the scales lie over the weight.</param>
/// <param name="range">The integers.</param>
/// <param name="elementType">Type of the scales, which is that of the decoded values.</param>
/// <param name="search">Finds the ranges; <see langword="null"/> for those from the smallest value to the largest.</param>
internal sealed class LinearCoder(BlockGrid grid, LinearRange range, ElementType elementType, RangeSearch? search = null) : BlockCoder(elementType)
{
    private readonly RangeSearch _search = search ?? RangeSearch.MinMax;
    private Scales? _scales;

    public override ElementType CodeType { get; } = TypeOf(range);

    public override IReadOnlyList<long> CodeShape => grid.Shape;

    public override IReadOnlyList<CodeTable> Tables => range.HasOffset
        ? [new CodeTable("scale", ElementType, grid.BlockCounts), new CodeTable("offset", CodeType, grid.BlockCounts)]
        : [new CodeTable("scale", ElementType, grid.BlockCounts)];

    public override bool EncodesOnDemand { get; } = (search ?? RangeSearch.MinMax).IsMinMax && RangesOnDemand.Suits(grid);

    private bool IsHalf => ElementType == ElementType.Float16;

    private RangesOnDemand OnDemand => LazyInitializer.EnsureInitialized(ref _scales, ScalesOnDemand)!.OnDemand!;

    public override void Prepare(TensorValues values, CancellationToken cancellationToken)
    {
        if (EncodesOnDemand)
        {
            OnDemand.FindAll(values, cancellationToken);
            return;
        }

        BlockRanges ranges = _search.Find(values, grid, range.IsSymmetric, Encoder, cancellationToken);
        _scales = new Scales(ranges, LinearParameters.Of(ranges, range, IsHalf), null);
    }

    /// <summary>The type of a range's integers.</summary>
    public static ElementType TypeOf(LinearRange range) => (range.Bits, range.IsSigned) switch
    {
        (8, true) => ElementType.Int8,
        (8, false) => ElementType.UInt8,
        (4, true) => ElementType.Int4,
        (4, false) => ElementType.UInt4,
        _ => throw new ArgumentOutOfRangeException(nameof(range), range, "An ML Program supports integers of 4 and 8 bits."),
    };

    public override byte[] TableBytes(int index) => index == 0
        ? TableBytesOf.Floats(_scales!.Parameters.Scales, ElementType)
        : TableBytesOf.Integers(_scales!.Parameters.Offsets!, CodeType);

    public override void Release() => _scales = null;

    public override BlockEncoder NewEncoder() => new LinearBlockEncoder(grid, _scales!.Ranges, _scales.Parameters, range, IsHalf, _search.IsMinMax);

    protected override void Look(TensorValues values, long start, ReadOnlySpan<float> tile)
    {
        if (EncodesOnDemand)
        {
            OnDemand.Find(values, start, tile);
        }
    }

    protected override void EncodeValues(long start, ReadOnlySpan<float> values, Span<byte> codes, Span<float> decoded) =>
        LinearKernel.Encode(grid, _scales!.Parameters, range, start, values, codes, decoded);

    private Scales ScalesOnDemand()
    {
        var ranges = new BlockRanges(grid);
        LinearParameters parameters = LinearParameters.Of(ranges.Min.Length, range);
        return new Scales(ranges, parameters, new RangesOnDemand(grid, (block, min, max) =>
        {
            ranges.Set(block, min, max);
            parameters.Set(block, min, max, range, IsHalf);
        }));
    }

    private RangeSearch.TileEncoder Encoder(BlockRanges ranges)
    {
        var parameters = LinearParameters.Of(ranges, range, IsHalf);
        return (start, values, codes, decoded) =>
        {
            LinearKernel.Encode(grid, parameters, range, start, values, codes, decoded);
            if (IsHalf)
            {
                HalfRounding.Round(decoded);
            }
        };
    }

    private sealed record Scales(BlockRanges Ranges, LinearParameters Parameters, RangesOnDemand? OnDemand);
}
