using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading.Tasks;
using CoreMLQuant.Elements;
using CoreMLQuant.Files;
using CoreMLQuant.Tensors;
using CoreMLQuant.Tensors.Decoding;
using CsCheck;
using Xunit;

namespace CoreMLQuant.Tests.Tensors.Decoding;

/// <summary>Each decoder against its definition, element by element, for any shape, grid and range.</summary>
public class DecodedValuesTests
{
    // Dimensions with numbers of blocks that divide them; some long enough to be split and to leave the first chunk of a mask.
    private static readonly Gen<(long Dimension, long Blocks)[]> Layouts =
        Gen.Select(Gen.Int[1, 4], Gen.OneOf(Gen.Const(1), Gen.Int[1, 5]), (blocks, length) => ((long)blocks * length, (long)blocks)).Array[1, 4];

    [Fact]
    public void Linear_IsScaleTimesCodeMinusOffset() =>
        Gen.Select(Layouts, Gen.Bool, Gen.Enum<LinearRounding>(), Gen.ULong).Sample((layout, hasOffset, rounding, seed) =>
        {
            var random = new Random((int)seed);
            long[] shape = layout.Select(axis => axis.Dimension).ToArray(), blocks = layout.Select(axis => axis.Blocks).ToArray();
            float[] codes = Numbers(random, Product(shape)), scales = Numbers(random, Product(blocks)), offsets = Numbers(random, Product(blocks));
            var values = new LinearValues(
                new ArrayValues(codes), new BlockGrid(shape, blocks), new ArrayValues(scales), hasOffset ? new ArrayValues(offsets) : null, rounding);
            bool each = rounding == LinearRounding.EachStep;
            CheckRanges(values, codes.Select((code, element) =>
            {
                int block = BlockOf(shape, blocks, element);
                float value = each ? Half(code) : code;
                value = hasOffset ? (float)(value - offsets[block]) : value;
                value = (float)((each ? Half(value) : value) * scales[block]);
                return rounding == LinearRounding.None ? value : Half(value);
            }).ToArray(), random);
        });

    [Fact]
    public void Linear_GridLargerThanWhatIsHeld_ReadsWhatARangeNeeds()
    {
        // A scale for each element of rows that are longer than a read, so that reads are split.
        long[] shape = [3, 2, 100_000], blocks = [3, 1, 100_000];
        float[] codes = Enumerable.Range(0, 600_000).Select(i => (float)(i % 17)).ToArray();
        float[] scales = Enumerable.Range(0, 300_000).Select(i => (float)(i % 1001)).ToArray();
        var values = new LinearValues(new ArrayValues(codes), new BlockGrid(shape, blocks), new ArrayValues(scales), null, LinearRounding.None);
        float[] expected = codes.Select((code, i) => code * scales[(i / 200_000 * 100_000) + (i % 100_000)]).ToArray();
        foreach ((int start, int length) in new[] { (0, 600_000), (99_990, 20), (199_990, 20), (150_000, 300_000) })
        {
            float[] range = new float[length];
            values.Read(start, range);
            Assert.Equal(expected.AsSpan(start, length).ToArray(), range);
        }
    }

    [Fact]
    public void Palettized_IsTheEntryOfTheBlocksTable() =>
        Gen.Select(Layouts, Gen.Int[1, 3], Gen.Int[1, 4], Gen.ULong).Sample((layout, bits, size, seed) =>
        {
            var random = new Random((int)seed);
            long[] source = layout.Select(axis => axis.Dimension).ToArray(), blocks = layout.Select(axis => axis.Blocks).ToArray();
            int axis = random.Next(source.Length), entries = 1 << bits;
            long[] shape = source.ToArray();
            shape[axis] *= size;
            float[] indices = Enumerable.Range(0, (int)Product(source)).Select(_ => (float)random.Next(entries)).ToArray();
            float[] tables = Numbers(random, Product(blocks) * entries * size);
            var values = new PalettizedValues(
                new ArrayValues(indices), new BlockGrid(shape, blocks), new ArrayValues(tables), entries, size == 1 ? null : new VectorAxis(source, axis, size));
            CheckRanges(values, Enumerable.Range(0, (int)Product(shape)).Select(element =>
            {
                long[] at = Coordinates(shape, element);
                int component = (int)(at[axis] % size);
                at[axis] /= size;
                int index = (int)indices[Element(source, at)];
                return tables[(((BlockOf(shape, blocks, element) * entries) + index) * size) + component];
            }).ToArray(), random);
        });

    [Fact]
    public void Sparse_IsTheStoredValueAtEachOne() =>
        Gen.Select(Gen.OneOf(Gen.Int[1, 300], Gen.Int[65_000, 200_000]), Gen.Double[0, 1], Gen.ULong).Sample(
            (count, density, seed) =>
            {
                var random = new Random((int)seed);
                byte[] bits = Enumerable.Range(0, count).Select(_ => (byte)(random.NextDouble() < density ? 1 : 0)).ToArray();
                PackedMask mask = Pack(bits);
                float[] stored = Numbers(random, bits.Sum(bit => bit));
                int next = 0;
                float[] dense = bits.Select(bit => bit == 1 ? stored[next++] : 0f).ToArray();
                Assert.Equal(stored.Length, mask.Ones);
                CheckRanges(new SparseValues(mask, new ArrayValues(stored)), dense, random);
                CheckRanges(new GatheredValues(mask, new ArrayValues(dense)), stored, random);
                CheckRanges(new MaskBits(mask), bits.Select(bit => (float)bit).ToArray(), random);
                float[] other = Numbers(random, count);
                CheckRanges(new MaskedValues(mask, new ArrayValues(other)), other.Select((value, i) => bits[i] * value).ToArray(), random);
                for (int i = 0; i < 20 && stored.Length > 0; i++)
                {
                    int rank = random.Next(stored.Length);
                    long element = mask.ElementOf(rank);
                    Assert.Equal((1, rank), (bits[element], (int)mask.OnesBefore(element)));
                }
            },
            iter: 100);

    [Fact]
    public void RepeatedMask_RepeatsEachBitAlongItsAxis() =>
        Gen.Select(Gen.Long[1, 5].Array[1, 3], Gen.Int[2, 4], Gen.ULong).Sample((source, size, seed) =>
        {
            var random = new Random((int)seed);
            int axis = random.Next(source.Length);
            long[] shape = source.ToArray();
            shape[axis] *= size;
            byte[] bits = Enumerable.Range(0, (int)Product(source)).Select(_ => (byte)random.Next(2)).ToArray();
            var mask = new RepeatedMask(Pack(bits), new VectorAxis(source, axis, size));
            CheckRanges(new MaskBits(mask), Enumerable.Range(0, (int)Product(shape)).Select(element =>
            {
                long[] at = Coordinates(shape, element);
                at[axis] /= size;
                return (float)bits[Element(source, at)];
            }).ToArray(), random);
            Assert.Equal(bits.Sum(bit => bit) * size, mask.Ones);
        });

    [Fact]
    public void VectorAxis_LongRows_AreTakenPieceByPiece()
    {
        var axis = new VectorAxis([2, 10_000], 0, 3);
        Assert.Equal((10, 9_990, 10), axis.Piece(19_990, 100));
        Assert.Equal((100, 10_000, 100), axis.Piece(30_000, 100));
    }

    [Fact]
    public void Sparse_ReadByManyAtOnce_IsTheSame()
    {
        var random = new Random(1);
        byte[] bits = Enumerable.Range(0, 1 << 20).Select(_ => (byte)random.Next(2)).ToArray();
        var values = new SparseValues(Pack(bits), new ArrayValues(Numbers(random, bits.Sum(bit => bit))));
        float[] expected = new float[bits.Length];
        values.Read(0, expected);
        var fresh = new SparseValues(Pack(bits), values.Stored);
        Parallel.For(0, 64, index =>
        {
            float[] part = new float[1 << 14];
            fresh.Read((long)index << 14, part);
            Assert.Equal(expected.AsSpan(index << 14, 1 << 14).ToArray(), part);
        });
    }

    [Theory]
    [InlineData(ElementType.UInt1, 1)]
    [InlineData(ElementType.UInt2, 2)]
    [InlineData(ElementType.UInt3, 3)]
    [InlineData(ElementType.UInt4, 4)]
    [InlineData(ElementType.UInt5, 5)]
    [InlineData(ElementType.UInt6, 6)]
    [InlineData(ElementType.UInt7, 7)]
    public void Stored_PackedEitherWay_IsReadFromAnywhere(ElementType type, int bits)
    {
        var random = new Random(bits);
        byte[] values = Enumerable.Range(0, 100).Select(_ => (byte)random.Next(1 << bits)).ToArray();
        byte[] lowest = new byte[SubBytePacking.PackedLength(values.Length, bits)], highest = new byte[lowest.Length];
        for (int i = 0; i < values.Length * bits; i++)
        {
            int low = values[i / bits] >> (i % bits) & 1, high = values[i / bits] >> (bits - 1 - (i % bits)) & 1;
            lowest[i / 8] |= (byte)(low << (i % 8));
            highest[i / 8] |= (byte)(high << (7 - (i % 8)));
        }

        float[] expected = values.Select(value => (float)value).ToArray();
        CheckRanges(new StoredValues(new MemoryData(lowest), type, values.Length), expected, random);
        CheckRanges(new StoredValues(new MemoryData(highest), type, values.Length, BitOrder.HighestFirst), expected, random);
    }

    [Fact]
    public void Stored_EveryType_IsItsValue()
    {
        Assert.Equal([-8, 7, -1], Read(ElementType.Int4, 3, 0x78, 0x0F));
        Assert.Equal([-128, 127], Read(ElementType.Int8, 2, 0x80, 0x7F));
        Assert.Equal([1, 0], Read(ElementType.Boolean, 2, 1, 0));
        Assert.Equal([-2, 32767], Read(ElementType.Int16, 2, 0xFE, 0xFF, 0xFF, 0x7F));
        Assert.Equal([65534], Read(ElementType.UInt16, 1, 0xFE, 0xFF));
        Assert.Equal([-2], Read(ElementType.Int32, 1, 0xFE, 0xFF, 0xFF, 0xFF));
        Assert.Equal([4294967295f], Read(ElementType.UInt32, 1, 0xFF, 0xFF, 0xFF, 0xFF));
        Assert.Equal([-3], Read(ElementType.Int64, 1, BitConverter.GetBytes(-3L)));
        Assert.Equal([3], Read(ElementType.UInt64, 1, BitConverter.GetBytes(3L)));
        Assert.Equal([0.1f], Read(ElementType.Float64, 1, BitConverter.GetBytes(0.1)));
        Assert.Equal([0.1f], Read(ElementType.Float32, 1, BitConverter.GetBytes(0.1f)));
        Assert.Equal([-1.5f], Read(ElementType.Float16, 1, 0x00, 0xBE));
        Assert.Equal([-1.5f, float.PositiveInfinity], Read(ElementType.BFloat16, 2, 0xC0, 0xBF, 0x80, 0x7F));
        Assert.Equal([1, -57344, 1.52587890625e-05f, float.NegativeInfinity], Read(ElementType.Float8E5M2, 4, 0x3C, 0xFB, 0x01, 0xFC));
        Assert.Equal([1, -448, 0.001953125f, 0.015625f, float.NaN], Read(ElementType.Float8E4M3FN, 5, 0x38, 0xFE, 0x01, 0x08, 0x7F));

        static float[] Read(ElementType type, int count, params byte[] bytes)
        {
            float[] values = new float[count];
            new StoredValues(new MemoryData(bytes), type, count).Read(0, values);
            return values;
        }
    }

    [Fact]
    public void BitCount_AnyRange_CountsItsOnes()
    {
        var random = new Random(7);
        byte[] bytes = new byte[40];
        random.NextBytes(bytes);
        for (int start = 0; start < 8; start++)
        {
            for (int length = 0; length <= (bytes.Length * 8) - start; length++)
            {
                int expected = Enumerable.Range(start, length).Sum(bit => bytes[bit / 8] >> (bit % 8) & 1);
                Assert.Equal(expected, BitCount.Ones(bytes.AsSpan(0, (start + length + 7) / 8), start, length));
            }
        }
    }

    private static void CheckRanges(TensorValues values, float[] expected, Random random)
    {
        Assert.Equal(expected.Length, values.Count);
        float[] all = new float[expected.Length];
        values.Read(0, all);
        Assert.Equal(expected.Select(SingleBits.ToBits), all.Select(SingleBits.ToBits));
        for (int i = 0; i < 4; i++)
        {
            int start = random.Next(expected.Length + 1);
            float[] range = new float[random.Next(expected.Length - start + 1)];
            values.Read(start, range);
            Assert.Equal(expected.AsSpan(start, range.Length).ToArray(), range);
        }
    }

    // Positive, so that no result is minus zero by masking.
    private static float[] Numbers(Random random, long count) => Enumerable.Range(0, (int)count).Select(_ => (float)random.NextDouble() * 100).ToArray();

    private static PackedMask Pack(byte[] bits)
    {
        byte[] packed = new byte[(bits.Length + 7) / 8];
        SubBytePacking.Pack(bits, 1, packed);
        return new PackedMask(new MemoryData(packed), bits.Length);
    }

    private static float Half(float value) => (float)(System.Half)value;

    private static long Product(IEnumerable<long> dimensions) => dimensions.Aggregate(1L, (product, dimension) => product * dimension);

    private static long[] Coordinates(long[] shape, long element)
    {
        long[] at = new long[shape.Length];
        for (int axis = shape.Length - 1; axis >= 0; axis--)
        {
            at[axis] = element % shape[axis];
            element /= shape[axis];
        }

        return at;
    }

    private static int Element(long[] shape, long[] at) => (int)at.Select((coordinate, axis) => coordinate * Product(shape.Skip(axis + 1))).Sum();

    private static int BlockOf(long[] shape, long[] blocks, long element) =>
        Element(blocks, Coordinates(shape, element).Select((coordinate, axis) => coordinate / (shape[axis] / blocks[axis])).ToArray());
}
