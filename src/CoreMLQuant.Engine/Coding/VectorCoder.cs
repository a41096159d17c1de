using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using CoreMLQuant.Elements;
using CoreMLQuant.Tensors;
using CoreMLQuant.Tensors.Clustering;

namespace CoreMLQuant.Coding;

/// <summary>Palettization of vectors: an index stands for several values that follow each other along an axis.</summary>
internal sealed class VectorCoder : HeldCodesCoder
{
    // Seeded, so that the same weight gives the same table everywhere.
    private const ulong Seed = 0;

    private readonly IReadOnlyList<long> _shape;
    private readonly int _axis;
    private readonly int _vectorSize;
    private readonly int _bits;
    private readonly ElementType _elementType;
    private readonly BlockGrid _groups;
    private readonly LookupTables _tables;
    private readonly TensorValues? _importance;
    private float[][] _entries = [];

    /// <summary>Plans a coder.</summary>
    /// <param name="shape">Dimensions of the weight.</param>
    /// <param name="axis">Axis along which vectors are taken; the vector size divides its dimension.</param>
    /// <param name="vectorSize">Values of a vector.</param>
    /// <param name="groups">Number of tables along each axis; a group holds whole vectors.</param>
    /// <param name="bits">Bits of an index.</param>
    /// <param name="elementType">Type of the entries.</param>
    /// <param name="quantization">How the tables are quantized; <see langword="null"/> to store them as they are.</param>
    /// <param name="importance">How much each value counts, of which a vector takes the mean; <see langword="null"/> when all count the same.</param>
    public VectorCoder(
        IReadOnlyList<long> shape,
        int axis,
        int vectorSize,
        IReadOnlyList<long> groups,
        int bits,
        ElementType elementType,
        TableQuantization? quantization,
        TensorValues? importance = null)
    {
        _importance = importance;
        _shape = shape;
        _axis = axis;
        _vectorSize = vectorSize;
        _bits = bits;
        _elementType = elementType;
        CodeType = IndexTypes.Of(bits);
        CodeShape = shape.Select((dimension, i) => i == axis ? dimension / vectorSize : dimension).ToArray();
        _groups = new BlockGrid(CodeShape, groups);
        _tables = new LookupTables(groups, bits, vectorSize, elementType, quantization);
    }

    public override ElementType CodeType { get; }

    public override IReadOnlyList<long> CodeShape { get; }

    public override IReadOnlyList<CodeTable> Tables => _tables.Tables;

    public override byte[] TableBytes(int index) => _tables.Bytes(index);

    public override void Release()
    {
        base.Release();
        _tables.Clear();
        _entries = [];
    }

    public override void Decode(TensorValues values, long start, Span<float> decoded)
    {
        var layout = AxisLayout.Of(_shape, _axis);
        for (int i = 0; i < decoded.Length; i++)
        {
            (long row, long column) = ((start + i) / layout.Inner, (start + i) % layout.Inner);
            (long slab, long place) = (row / layout.Length, row % layout.Length);
            long code = (((slab * (layout.Length / _vectorSize)) + (place / _vectorSize)) * layout.Inner) + column;
            decoded[i] = _entries[_groups.BlockOf(code)][(Codes[(int)code] * _vectorSize) + (int)(place % _vectorSize)];
        }
    }

    protected override byte[] Encode(TensorValues values, ErrorMeter error, CancellationToken cancellationToken)
    {
        float[] vectors = Vectors(values, cancellationToken);
        float[]? weights = _importance is null ? null : Means(Vectors(_importance, cancellationToken));
        float[]? rowWeights = weights is null ? null : new float[checked((int)(_groups.ElementCount / _groups.BlockCount))];
        byte[] codes = new byte[_groups.ElementCount];
        var tables = new float[_groups.BlockCount][];
        var rows = new float[checked((int)(_groups.ElementCount / _groups.BlockCount)) * _vectorSize];
        for (int group = 0; group < tables.Length; group++)
        {
            int count = 0;
            foreach ((long start, long length) in _groups.RunsOfBlock(group))
            {
                vectors.AsSpan((int)start * _vectorSize, (int)length * _vectorSize).CopyTo(rows.AsSpan(count * _vectorSize));
                weights?.AsSpan((int)start, (int)length).CopyTo(rowWeights.AsSpan(count));
                count += (int)length;
            }

            (float[] table, byte[] indices, _) = VectorKMeans.Solve(new WeightedVectors(rows, _vectorSize, rowWeights), 1 << _bits, Seed, cancellationToken);
            tables[group] = Palette.Round(Array.ConvertAll(table, entry => (double)entry), _elementType);
            count = 0;
            foreach ((long start, long length) in _groups.RunsOfBlock(group))
            {
                indices.AsSpan(count, (int)length).CopyTo(codes.AsSpan((int)start));
                count += (int)length;
            }
        }

        _entries = _tables.Store(tables);
        Measure(vectors, codes, _entries, error);
        return codes;
    }

    private float[] Means(float[] vectors)
    {
        float[] means = new float[vectors.Length / _vectorSize];
        for (int i = 0; i < vectors.Length; i++)
        {
            means[i / _vectorSize] += vectors[i] / _vectorSize;
        }

        return means;
    }

    private void Measure(float[] vectors, byte[] codes, float[][] tables, ErrorMeter error)
    {
        var decoded = new float[vectors.Length];
        foreach ((int offset, int length, long group) in _groups.Runs(0, codes.Length))
        {
            for (int i = offset; i < offset + length; i++)
            {
                tables[group].AsSpan(codes[i] * _vectorSize, _vectorSize).CopyTo(decoded.AsSpan(i * _vectorSize));
            }
        }

        error.Add(vectors, decoded);
    }

    /// <summary>The vectors in the order of their codes.</summary>
    private float[] Vectors(TensorValues values, CancellationToken cancellationToken)
    {
        var vectors = new float[checked((int)values.Count)];
        var layout = AxisLayout.Of(_shape, _axis);
        layout.VisitGroups(
            values,
            _vectorSize,
            (start, group, rows) =>
            {
                int inner = (int)layout.Inner;
                for (int column = 0; column < inner; column++)
                {
                    for (int row = 0; row < rows; row++)
                    {
                        vectors[start + (column * _vectorSize) + row] = group[(row * inner) + column];
                    }
                }
            },
            cancellationToken);
        return vectors;
    }
}
