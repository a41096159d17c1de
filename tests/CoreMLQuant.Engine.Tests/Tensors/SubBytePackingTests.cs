using System;
using System.Buffers.Binary;
using System.Linq;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text.Json;
using CoreMLQuant.Mil;
using CoreMLQuant.Models;
using CoreMLQuant.Specification.Schema;
using CoreMLQuant.Tensors;
using CsCheck;
using Xunit;

namespace CoreMLQuant.Tests.Tensors;

/// <summary>Lowest bit first, in round trips, known bytes and on what coremltools wrote.</summary>
public class SubBytePackingTests
{
    [Theory]
    [InlineData(1, new byte[] { 1, 0, 1, 1, 0, 0, 0, 0, 1 }, new byte[] { 0x0D, 0x01 })]
    [InlineData(2, new byte[] { 1, 2, 3 }, new byte[] { 0x39 })]
    [InlineData(3, new byte[] { 1, 2, 3 }, new byte[] { 0xD1, 0x00 })] // 011 010 001 from the top, straddling bytes.
    [InlineData(4, new byte[] { 1, 2, 3 }, new byte[] { 0x21, 0x03 })]
    [InlineData(6, new byte[] { 0x3F, 0x00, 0x15, 0x2A }, new byte[] { 0x3F, 0x50, 0xA9 })]
    [InlineData(8, new byte[] { 7, 255 }, new byte[] { 7, 255 })]
    public void Pack_KnownValues_GivesKnownBytes(int bits, byte[] values, byte[] expected)
    {
        byte[] packed = new byte[SubBytePacking.PackedLength(values.Length, bits)];
        SubBytePacking.Pack(values, bits, packed);
        Assert.Equal(expected, packed);
        byte[] unpacked = new byte[values.Length];
        SubBytePacking.Unpack(packed, bits, isSigned: false, unpacked);
        Assert.Equal(values, unpacked);
    }

    [Theory]
    [InlineData(3, new byte[] { 1, 2, 3 }, new byte[] { 0x29, 0x80 })] // 001 010 011 from the top, as coremltools writes it.
    [InlineData(4, new byte[] { 1, 2, 3 }, new byte[] { 0x12, 0x30 })]
    [InlineData(1, new byte[] { 1, 0, 1, 1, 0, 0, 0, 0, 1 }, new byte[] { 0xB0, 0x80 })]
    public void PackHighestFirst_KnownValues_GivesKnownBytes(int bits, byte[] values, byte[] expected)
    {
        byte[] packed = new byte[SubBytePacking.PackedLength(values.Length, bits)];
        SubBytePacking.Pack(values, bits, packed, BitOrder.HighestFirst);
        Assert.Equal(expected, packed);
    }

    [Fact]
    public void PackHighestFirst_AnyValuesOfAnyWidth_IsUndoneByUnpacking() =>
        Gen.Select(Gen.Int[1, 8], Gen.Byte.Array[0, 100]).Sample((bits, values) =>
        {
            byte[] packed = Enumerable.Repeat((byte)0xAA, (int)SubBytePacking.PackedLength(values.Length, bits)).ToArray();
            SubBytePacking.Pack(values, bits, packed, BitOrder.HighestFirst);
            byte[] unpacked = new byte[values.Length];
            SubBytePacking.Unpack(packed, bits, isSigned: false, unpacked, BitOrder.HighestFirst);
            Assert.Equal(values.Select(value => (byte)(value & ((1 << bits) - 1))), unpacked);
        });

    [Fact]
    public void PackAndUnpack_AnyValuesOfAnyWidth_AreInverse() =>
        Gen.Select(Gen.Int[1, 8], Gen.Byte.Array[0, 100]).Sample((bits, values) =>
        {
            byte[] packed = Enumerable.Repeat((byte)0xAA, (int)SubBytePacking.PackedLength(values.Length, bits)).ToArray();
            SubBytePacking.Pack(values, bits, packed);
            byte[] unpacked = new byte[values.Length];
            SubBytePacking.Unpack(packed, bits, isSigned: false, unpacked);
            Assert.Equal(values.Select(value => (byte)(value & ((1 << bits) - 1))), unpacked);
            int padding = SubBytePacking.PaddingBits(values.Length, bits);
            Assert.Equal((8 * packed.Length) - (values.Length * bits), padding);
            Assert.True(packed.Length == 0 || packed[^1] >> (8 - padding) == 0, "spare bits are zero");
        });

    [Fact]
    public void Unpack_SignedNibbles_AreTwosComplement()
    {
        byte[] values = new byte[16];
        SubBytePacking.Unpack([0x10, 0x32, 0x54, 0x76, 0x98, 0xBA, 0xDC, 0xFE], 4, isSigned: true, values);
        Assert.Equal([0, 1, 2, 3, 4, 5, 6, 7, -8, -7, -6, -5, -4, -3, -2, -1], MemoryMarshal.Cast<byte, sbyte>(values).ToArray().Select(value => (int)value));
    }

    [Fact]
    public void Facts_ThirtyFiveThreeBitValues_TakeFourteenBytesAndLeaveSevenBits()
    {
        Assert.Equal(14, SubBytePacking.PackedLength(35, 3));
        Assert.Equal(7, SubBytePacking.PaddingBits(35, 3));
        Assert.Throws<ArgumentException>(() => SubBytePacking.Pack(new byte[35], 3, new byte[15]));
        Assert.Throws<ArgumentOutOfRangeException>(() => SubBytePacking.Pack(new byte[1], 9, new byte[2]));
    }

    [Theory]
    [InlineData("convnet_iOS18", "pal1_kmeans.mlpackage")]
    [InlineData("convnet_iOS18", "pal2_kmeans.mlpackage")]
    [InlineData("convnet_iOS18", "pal3_kmeans.mlpackage")]
    [InlineData("convnet_iOS18", "pal4_kmeans.mlpackage")]
    [InlineData("convnet_iOS18", "pal6_kmeans.mlpackage")]
    [InlineData("convnet_iOS18", "pal8_kmeans.mlpackage")]
    [InlineData("convnet_iOS16", "pal6_uniform.mlpackage")]
    public void Unpack_IndicesThatCoremltoolsWrote_GiveItsWeights(string folder, string variant)
    {
        using ModelFile model = ModelFile.Open(TestFiles.Fixture(folder, variant));
        JsonElement weights = Vectors.Of(folder).GetProperty(variant).GetProperty("functions").GetProperty("main").GetProperty("weights");
        int compared = 0;
        foreach (OperationNode node in ProgramGraph.Of(model.Specification.MlProgram).Single().Operations.Where(node => node.Type == "constexpr_lut_to_dense"))
        {
            Assert.Equal(weights.GetProperty(node.Outputs[0].Name).GetProperty("sha256").GetString(), Convert.ToHexString(SHA256.HashData(Decode(model, node))).ToLowerInvariant());
            compared++;
        }

        Assert.True(compared > 0);
    }

    private static byte[] Decode(ModelFile model, OperationNode node)
    {
        byte[] Bytes(string parameter) => TensorData.Of(model, model.Payloads, node.Parameter(parameter) ?? new Value(), "test")!.Data!.ToArray();
        ReadOnlySpan<float> table = MemoryMarshal.Cast<byte, float>(Bytes("lut"));
        byte[] indices = new byte[MilTypes.ElementCount(node.Outputs[0].Declaration.Type)!.Value];
        SubBytePacking.Unpack(Bytes("indices"), (int)Math.Log2(table.Length), isSigned: false, indices);
        byte[] values = new byte[indices.Length * sizeof(float)];
        for (int i = 0; i < indices.Length; i++)
        {
            BinaryPrimitives.WriteSingleLittleEndian(values.AsSpan(i * sizeof(float)), table[indices[i]]);
        }

        return values;
    }
}
