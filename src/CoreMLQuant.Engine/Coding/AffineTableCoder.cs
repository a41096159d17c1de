using System;
using System.Collections.Generic;
using System.Threading;
using CoreMLQuant.Elements;
using CoreMLQuant.Tensors;
using CoreMLQuant.Tensors.Clustering;
using CoreMLQuant.Tensors.Compensation;

namespace CoreMLQuant.Coding;

/// <summary>
/// A NeuralNetwork's lookup table with entries at even distances: linear quantization of the whole weight, written as a table. Bit
/// for bit what coremltools makes of it, in FP64; for an ML Program it computes otherwise, see <see cref="UniformTable"/>.
/// </summary>
/// <param name="shape">Dimensions of the weight.</param>
/// <param name="bits">Bits of an index, 1 to 8.</param>
internal sealed class AffineTableCoder(IReadOnlyList<long> shape, int bits) : BlockCoder(ElementType.Float32)
{
    private readonly BlockGrid _grid = BlockGrid.Whole(shape);
    private AffineParameters? _parameters;
    private float[] _table = [];

    public override ElementType CodeType { get; } = IndexTypes.Of(bits);

    public override IReadOnlyList<long> CodeShape => shape;

    public override IReadOnlyList<CodeTable> Tables => [new CodeTable("lut", ElementType, [1L << bits])];

    public override void Prepare(TensorValues values, CancellationToken cancellationToken)
    {
        var ranges = new BlockRanges(_grid);
        ValueTiles.Visit(values, ranges.Add, cancellationToken);
        _parameters = AffineParameters.Of(ranges, AffineForm.Range, bits);
        double step = ranges.Min[0] == ranges.Max[0] ? 0 : _parameters.Steps[0];
        _table = new float[1 << bits];
        for (int i = 0; i < _table.Length; i++)
        {
            _table[i] = (float)((i * step) + _parameters.Origins[0]);
        }
    }

    public override byte[] TableBytes(int index) => TableBytesOf.Floats(_table, ElementType);

    // Of an error that is compensated there is no code to be found bit for bit: the nearest entry.
    public override BlockEncoder NewEncoder() => new PaletteEncoder(_grid, [new Palette(_table, null)]);

    public override void Release() => (_parameters, _table) = (null, []);

    protected override void EncodeValues(long start, ReadOnlySpan<float> values, Span<byte> codes, Span<float> decoded)
    {
        AffineKernel.Encode(_grid, _parameters!, start, values, codes, decoded);
        LookupKernel.LookUp(_table, codes, decoded);
    }
}
