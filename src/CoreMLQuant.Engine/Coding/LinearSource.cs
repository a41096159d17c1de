using System;
using System.Buffers;
using System.Threading;
using CoreMLQuant.Elements;
using CoreMLQuant.Tensors;
using CoreMLQuant.Tensors.Decoding;

namespace CoreMLQuant.Coding;

/// <summary>A weight as integers under scales, whether it is stored so or is being quantized.</summary>
internal abstract class LinearSource
{
    /// <summary>Type of the integers.</summary>
    public abstract ElementType CodeType { get; }

    /// <summary>Type of the scales.</summary>
    public abstract ElementType ScaleType { get; }

    /// <summary>How the scales lie over the weight.</summary>
    public abstract BlockGrid Grid { get; }

    /// <summary>Whether there are offsets beside the scales.</summary>
    public abstract bool HasOffsets { get; }

    /// <summary>Looks at the whole weight.</summary>
    public abstract void Prepare(TensorValues values, CancellationToken cancellationToken);

    /// <summary>Integers, scales and offsets. After <see cref="Prepare"/>.</summary>
    /// <param name="values">The weight.</param>
    public abstract LinearValues Of(TensorValues values);

    /// <summary>Forgets what <see cref="Prepare"/> found out.</summary>
    public abstract void Release();
}

/// <summary>A weight that is stored as integers.</summary>
internal sealed class StoredSource(LinearValues linear, ElementType codeType, ElementType scaleType) : LinearSource
{
    public override ElementType CodeType => codeType;

    public override ElementType ScaleType => scaleType;

    public override BlockGrid Grid => linear.Grid;

    public override bool HasOffsets => linear.Offset is not null;

    public override void Prepare(TensorValues values, CancellationToken cancellationToken)
    {
    }

    public override LinearValues Of(TensorValues values) => linear;

    public override void Release()
    {
    }
}

/// <summary>A weight of floats that is quantized on the way.</summary>
internal sealed class QuantizedSource(BlockGrid grid, LinearRange range, ElementType elementType, RangeSearch search) : LinearSource
{
    private LinearParameters? _parameters;
    private (ArrayValues Scales, ArrayValues? Offsets) _tables;

    public override ElementType CodeType { get; } = LinearCoder.TypeOf(range);

    public override ElementType ScaleType => elementType;

    public override BlockGrid Grid => grid;

    public override bool HasOffsets => range.HasOffset;

    public override void Prepare(TensorValues values, CancellationToken cancellationToken)
    {
        BlockRanges ranges = search.Find(values, grid, range.IsSymmetric, Encoder, cancellationToken);
        _parameters = LinearParameters.Of(ranges, range, elementType == ElementType.Float16);
        _tables = (new ArrayValues(_parameters.Scales), _parameters.Offsets is { } offsets ? new ArrayValues(offsets) : null);
    }

    public override LinearValues Of(TensorValues values) => new(
        new Integers(values, grid, _parameters!, range),
        grid,
        _tables.Scales,
        _tables.Offsets,
        elementType == ElementType.Float16 ? LinearRounding.Result : LinearRounding.None);

    public override void Release() => (_parameters, _tables) = (null, default);

    private RangeSearch.TileEncoder Encoder(BlockRanges ranges)
    {
        var parameters = LinearParameters.Of(ranges, range, elementType == ElementType.Float16);
        return (start, values, codes, decoded) => LinearKernel.Encode(grid, parameters, range, start, values, codes, decoded);
    }

    /// <summary>The integers of floats.</summary>
    private sealed class Integers(TensorValues values, BlockGrid grid, LinearParameters parameters, LinearRange range) : TensorValues
    {
        public override long Count => values.Count;

        public override void Read(long start, Span<float> destination)
        {
            float[] decoded = ArrayPool<float>.Shared.Rent(destination.Length);
            byte[] codes = ArrayPool<byte>.Shared.Rent(destination.Length);
            try
            {
                values.Read(start, destination);
                LinearKernel.Encode(grid, parameters, range, start, destination, codes.AsSpan(0, destination.Length), decoded.AsSpan(0, destination.Length));
                for (int i = 0; i < destination.Length; i++)
                {
                    destination[i] = range.IsSigned ? (sbyte)codes[i] : codes[i];
                }
            }
            finally
            {
                ArrayPool<float>.Shared.Return(decoded);
                ArrayPool<byte>.Shared.Return(codes);
            }
        }
    }
}
