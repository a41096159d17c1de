using System;
using System.Buffers;
using System.Collections.Generic;
using System.Threading;
using CoreMLQuant.Collections;
using CoreMLQuant.Elements;
using CoreMLQuant.Tensors;
using CoreMLQuant.Tensors.Compensation;

namespace CoreMLQuant.Coding;

/// <summary>A coder whose errors are compensated within each row of the weight. It finds all codes at once and keeps them until they are written.</summary>
/// <param name="plain">What it does without compensation: types, shapes and tables are the same.</param>
/// <param name="layer">What is known of the inputs.</param>
/// <param name="byActivation">Whether rows are also compensated with the largest inputs first.</param>
internal sealed class CompensatedCoder(BlockCoder plain, WeightLayer layer, bool byActivation) : TensorCoder, ICompensating
{
    private byte[] _codes = [];
    private float[] _decoded = [];

    public override ElementType CodeType => plain.CodeType;

    public override IReadOnlyList<long> CodeShape => plain.CodeShape;

    public override IReadOnlyList<CodeTable> Tables => plain.Tables;

    public override bool Compensates => true;

    public CompensationOutcome Outcome { get; private set; }

    public override void Prepare(TensorValues values, CancellationToken cancellationToken)
    {
        plain.Prepare(values, cancellationToken);
        using IDisposable memory = CompensationMemory.Enter(cancellationToken);
        float[] source = new float[checked((int)values.Count)];
        values.Read(0, source);
        (_codes, _decoded) = (new byte[source.Length], new float[source.Length]);
        var sweep = new QuantizationSweep(layer.Layout, plain.NewEncoder(), byActivation);
        Outcome = sweep.Run(source, layer.Factors, _codes, _decoded, cancellationToken);
        DroppedArrays.Add(sizeof(float) * values.Count);
    }

    public override byte[] TableBytes(int index) => plain.TableBytes(index);

    public override void Encode(TensorValues values, long start, Span<byte> codes, ErrorMeter meter)
    {
        float[] source = ArrayPool<float>.Shared.Rent(codes.Length);
        try
        {
            values.Read(start, source.AsSpan(0, codes.Length));
            meter.Add(source.AsSpan(0, codes.Length), _decoded.AsSpan((int)start, codes.Length));
            _codes.AsSpan((int)start, codes.Length).CopyTo(codes);
        }
        finally
        {
            ArrayPool<float>.Shared.Return(source);
        }
    }

    public override void Decode(TensorValues values, long start, Span<float> decoded) => _decoded.AsSpan((int)start, decoded.Length).CopyTo(decoded);

    public override void Release()
    {
        plain.Release();
        long bytes = (sizeof(byte) + sizeof(float)) * (long)_codes.Length;
        (_codes, _decoded) = ([], []);
        DroppedArrays.Add(bytes);
    }
}
