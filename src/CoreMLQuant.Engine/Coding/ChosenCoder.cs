using System;
using System.Collections.Generic;
using System.Threading;
using CoreMLQuant.Elements;
using CoreMLQuant.Tensors;

namespace CoreMLQuant.Coding;

/// <summary>
/// Of two coders of the same form, the one that errs less at the output of the layer. Weighting values by their inputs leaves out that inputs depend
/// on each other, so it can be the worse choice where they do, or where all count nearly the same.
/// </summary>
/// <param name="weighted">The coder that weights values by their inputs.</param>
/// <param name="plain">The coder to which all count the same.</param>
/// <param name="layer">The layer; it is known how its inputs depend on each other.</param>
internal sealed class ChosenCoder(TensorCoder weighted, TensorCoder plain, WeightLayer layer) : TensorCoder
{
    private TensorCoder? _chosen;

    /// <summary>The better one. After <see cref="Prepare"/>.</summary>
    public TensorCoder? Chosen => _chosen;

    public override ElementType CodeType => weighted.CodeType;

    public override IReadOnlyList<long> CodeShape => weighted.CodeShape;

    public override IReadOnlyList<CodeTable> Tables => weighted.Tables;

    public override bool Compensates => weighted.Compensates;

    public override void Prepare(TensorValues values, CancellationToken cancellationToken)
    {
        float[] source = new float[checked((int)values.Count)];
        values.Read(0, source);
        using IDisposable? factors = layer.KeepFactors();
        double weightedNoise = Noise(weighted, values, source, cancellationToken), plainNoise = Noise(plain, values, source, cancellationToken);
        _chosen = weightedNoise <= plainNoise ? weighted : plain;
        (_chosen == weighted ? plain : weighted).Release();
    }

    public override byte[] TableBytes(int index) => _chosen!.TableBytes(index);

    public override void Encode(TensorValues values, long start, Span<byte> codes, ErrorMeter meter) => _chosen!.Encode(values, start, codes, meter);

    public override void Decode(TensorValues values, long start, Span<float> decoded) => _chosen!.Decode(values, start, decoded);

    public override void Release()
    {
        _chosen?.Release();
        _chosen = null;
    }

    private double Noise(TensorCoder coder, TensorValues values, float[] source, CancellationToken cancellationToken)
    {
        coder.Prepare(values, cancellationToken);
        float[] stored = new float[source.Length];
        for (int start = 0; start < stored.Length; start += ValueTiles.Length)
        {
            cancellationToken.ThrowIfCancellationRequested();
            coder.Decode(values, start, stored.AsSpan(start, Math.Min(ValueTiles.Length, stored.Length - start)));
        }

        return layer.Measure(source, stored, cancellationToken).Error.NoiseEnergy;
    }
}
