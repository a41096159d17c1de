using System;
using System.Threading;
using CoreMLQuant.Tensors;

namespace CoreMLQuant.Coding;

/// <summary>A coder that can only find all codes of a weight at once, and keeps them until they are written.</summary>
internal abstract class HeldCodesCoder : TensorCoder
{
    private readonly ErrorMeter _error = new();
    private byte[] _codes = [];

    public sealed override void Prepare(TensorValues values, CancellationToken cancellationToken) => _codes = Encode(values, _error, cancellationToken);

    public sealed override void Encode(TensorValues values, long start, Span<byte> codes, ErrorMeter meter)
    {
        _codes.AsSpan((int)start, codes.Length).CopyTo(codes);
        if (start == 0)
        {
            meter.Add(_error);
        }
    }

    /// <summary>The codes. After <see cref="Prepare"/>.</summary>
    protected ReadOnlySpan<byte> Codes => _codes;

    public override void Release()
    {
        _codes = [];
        _error.Clear();
    }

    /// <summary>Finds tables and codes.</summary>
    /// <param name="values">The weight.</param>
    /// <param name="error">Takes what they cost.</param>
    /// <param name="cancellationToken">Stops the search.</param>
    /// <returns>One code a byte.</returns>
    protected abstract byte[] Encode(TensorValues values, ErrorMeter error, CancellationToken cancellationToken);
}
