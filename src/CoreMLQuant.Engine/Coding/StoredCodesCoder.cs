using System;
using System.Buffers;
using System.Collections.Generic;
using System.Threading;
using CoreMLQuant.Elements;
using CoreMLQuant.Tensors;

namespace CoreMLQuant.Coding;

/// <summary>Codes that a compressed weight has already, kept where only its zeros change. Its tables stay as they are.</summary>
/// <param name="codes">The codes, as values.</param>
/// <param name="codeType">Their type.</param>
/// <param name="shape">Dimensions.</param>
internal sealed class StoredCodesCoder(TensorValues codes, ElementType codeType, IReadOnlyList<long> shape) : ScalarCoder(ElementType.Float32)
{
    public override ElementType CodeType => codeType;

    public override IReadOnlyList<long> CodeShape => shape;

    public override IReadOnlyList<CodeTable> Tables => [];

    public override void Prepare(TensorValues values, CancellationToken cancellationToken)
    {
    }

    public override byte[] TableBytes(int index) => throw new ArgumentOutOfRangeException(nameof(index));

    public override void Release()
    {
    }

    // What a code decodes to is the value itself.
    protected override void EncodeValues(long start, ReadOnlySpan<float> values, Span<byte> codesOfTile, Span<float> decoded)
    {
        float[] buffer = ArrayPool<float>.Shared.Rent(values.Length);
        try
        {
            Span<float> tile = buffer.AsSpan(0, values.Length);
            codes.Read(start, tile);
            for (int i = 0; i < tile.Length; i++)
            {
                codesOfTile[i] = (byte)(int)tile[i];
            }
        }
        finally
        {
            ArrayPool<float>.Shared.Return(buffer);
        }

        values.CopyTo(decoded);
    }
}
