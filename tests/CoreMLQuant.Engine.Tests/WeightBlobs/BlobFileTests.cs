using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using CoreMLQuant.Elements;
using CoreMLQuant.Errors;
using CoreMLQuant.Files;
using CoreMLQuant.WeightBlobs;
using Xunit;

namespace CoreMLQuant.Tests.WeightBlobs;

/// <summary>weight.bin version 2: what is written is read back, and every lie in a record is caught.</summary>
public class BlobFileTests
{
    public static TheoryData<int> AllTypes => new(Enum.GetValues<BlobDataType>().Select(type => (int)type));

    [Theory]
    [MemberData(nameof(AllTypes))]
    public void Layout_EveryDataType_IsReadBack(int type)
    {
        ElementType element = ((BlobDataType)type).ToElementType();
        Assert.NotEqual(ElementType.Unknown, element);
        Assert.Equal((BlobDataType)type, element.ToBlobDataType());

        using var scratch = new ScratchFolder();
        byte[] data = Enumerable.Range(1, (int)element.ByteCount(35)).Select(value => (byte)value).ToArray();
        ulong padding = (ulong)((8 * data.Length) - (35 * element.BitWidth()));
        string path = Write(scratch, ((BlobDataType)type, padding, data), (BlobDataType.Float32, 0, new byte[40]));
        using var file = new BlobFile("weight.bin", path);
        BlobRecord record = file.ReadRecord(64, null);
        Assert.Equal((BlobDataType)type, record.DataType);
        Assert.Equal(padding, record.PaddingBits);
        Assert.Equal(data, file.DataOf(record).ToArray());
        Assert.Equal(2u, file.HeaderCount);
        IReadOnlyList<long> records = file.Walk()!;
        Assert.Equal(2, records.Count);
        Assert.Equal(BlobRecord.Align(record.DataOffset + data.Length), records[1]);
        Assert.Equal(new FileInfo(path).Length, records[1] + 64 + 40); // No padding after the last blob.
    }

    [Theory]
    [InlineData(ElementType.UInt3, 35, 14)] // 35 three-bit values straddle bytes: 105 bits.
    [InlineData(ElementType.UInt6, 3, 3)]
    [InlineData(ElementType.UInt1, 9, 2)]
    [InlineData(ElementType.Int4, 5, 3)]
    [InlineData(ElementType.Float16, 5, 10)]
    [InlineData(ElementType.UInt1, 0, 0)]
    public void ByteCount_SubByteTypes_RoundsUp(ElementType type, long count, long bytes) => Assert.Equal(bytes, type.ByteCount(count));

    [Fact]
    public void ReadRecord_GarbageInThePaddingOfAByteSizedType_IsIgnored()
    {
        using var scratch = new ScratchFolder();
        string path = Write(scratch, (BlobDataType.Float16, 0xDEAD_0000_BEEF, new byte[20]));
        using var file = new BlobFile("weight.bin", path);
        Assert.Equal(0u, file.ReadRecord(64, null).PaddingBits);
    }

    [Theory]
    [InlineData(64 + 0, 0xDEADBEEEu, FormatRule.InvalidBlobSentinel)]
    [InlineData(64 + 4, 99u, FormatRule.BlobTypeMismatch)]
    [InlineData(64 + 8, 0xFFFFFFFFu, FormatRule.TruncatedWeightFile)] // A length of 4 GB.
    [InlineData(64 + 12, 0x80000000u, FormatRule.TruncatedWeightFile)] // A length of 2^63.
    [InlineData(64 + 16, 129u, FormatRule.InvalidBlobOffset)]
    [InlineData(64 + 16, 0x40000000u, FormatRule.TruncatedWeightFile)]
    [InlineData(64 + 20, 0xFFFFFFFFu, FormatRule.TruncatedWeightFile)]
    public void ReadRecord_LyingField_IsRefusedWithItsRule(int at, uint value, FormatRule rule)
    {
        using var scratch = new ScratchFolder();
        string path = Write(scratch, (BlobDataType.Float32, 0, new byte[80]));
        byte[] bytes = File.ReadAllBytes(path);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(at), value);
        File.WriteAllBytes(path, bytes);
        using var file = new BlobFile("weight.bin", path);
        var error = Assert.Throws<CoreMLFormatException>(() => file.ReadRecord(64, "const 'w'"));
        Assert.Equal(rule, error.Rule);
        Assert.Equal(path, error.File);
        Assert.Contains("const 'w'", error.Message, StringComparison.Ordinal);
        Assert.Null(file.Walk());
    }

    [Theory]
    [InlineData(0, FormatRule.InvalidBlobOffset)]
    [InlineData(65, FormatRule.InvalidBlobOffset)]
    [InlineData(1 << 20, FormatRule.TruncatedWeightFile)]
    [InlineData(ulong.MaxValue - 63, FormatRule.TruncatedWeightFile)]
    public void ReadRecord_OffsetOutsideTheFile_IsRefused(ulong offset, FormatRule rule)
    {
        using var scratch = new ScratchFolder();
        using var file = new BlobFile("weight.bin", Write(scratch, (BlobDataType.Float32, 0, new byte[80])));
        Assert.Equal(rule, Assert.Throws<CoreMLFormatException>(() => file.ReadRecord(offset, null)).Rule);
    }

    [Theory]
    [InlineData(new byte[] { 1, 0, 0, 0, 1, 0, 0, 0 }, FormatRule.TruncatedWeightFile)]
    [InlineData(new byte[0], FormatRule.TruncatedWeightFile)]
    public void Open_ShortFile_IsRefused(byte[] bytes, FormatRule rule)
    {
        using var scratch = new ScratchFolder();
        File.WriteAllBytes(scratch.Combine("w"), bytes);
        Assert.Equal(rule, Assert.Throws<CoreMLFormatException>(() => new BlobFile("w", scratch.Combine("w"))).Rule);
    }

    [Fact]
    public void Open_OtherStorageVersion_IsRefused()
    {
        using var scratch = new ScratchFolder();
        byte[] bytes = new byte[128];
        bytes[4] = 1;
        File.WriteAllBytes(scratch.Combine("w"), bytes);
        Assert.Equal(FormatRule.InvalidWeightFileHeader, Assert.Throws<CoreMLFormatException>(() => new BlobFile("w", scratch.Combine("w"))).Rule);
    }

    [Fact]
    public void ReadRecord_BeyondFourGigabytes_IsFound()
    {
        // Sparse: five gigabytes of nothing cost no space.
        const long Far = 5L << 30;
        using var scratch = new ScratchFolder();
        string path = scratch.Combine("weight.bin");
        using (FileStream stream = File.Create(path))
        {
            stream.Write(BlobRecord.Header(1));
            stream.Position = Far;
            stream.Write(new BlobRecord(BlobDataType.Float16, 8, Far + 64, 0).ToBytes());
            stream.Write([1, 2, 3, 4, 5, 6, 7, 8]);
        }

        using var file = new BlobFile("weight.bin", path);
        Assert.Equal([1, 2, 3, 4, 5, 6, 7, 8], file.DataOf(file.ReadRecord((ulong)Far, null)).ToArray());
    }

    [Fact]
    public void Layout_SharedAndNeverReferencedBlobs_EachStandOnce_AndLostOnesGo()
    {
        using var scratch = new ScratchFolder();
        string path = Write(scratch, (BlobDataType.Float32, 0, new byte[64]), (BlobDataType.UInt8, 0, [1, 2, 3]), (BlobDataType.UInt3, 7, [9]), (BlobDataType.Int8, 0, [4]));
        using var file = new BlobFile("weight.bin", path);
        long[] records = file.Walk()!.ToArray();
        var plan = new BlobFilePlan(file);
        PlannedBlob Half() => new(BlobDataType.Float16, 0, new LiteralPart(new byte[32]));
        PlannedBlob first = plan.Replace(records[0], "float16", Half);
        PlannedBlob second = plan.Replace(records[0], "float16", Half);
        Assert.Same(first, second);
        string target = scratch.Combine("new.bin");
        OutputWriter.Write(new OutputModel(false, [(string.Empty, plan.Layout(new HashSet<long> { records[0], records[3] }))], []), target, 1, null, null, default);
        using var written = new BlobFile("new.bin", target);
        Assert.Equal(
            [(BlobDataType.Float16, 32L, 0UL), (BlobDataType.UInt8, 3L, 0UL), (BlobDataType.UInt3, 1L, 7UL)],
            written.Walk()!.Select(offset => written.ReadRecord((ulong)offset, null)).Select(record => (record.DataType, record.Length, record.PaddingBits)));
        Assert.Equal(3u, written.HeaderCount);
        Assert.Equal(first.Offset, written.Walk()![0]);
    }

    private static string Write(ScratchFolder scratch, params (BlobDataType Type, ulong Padding, byte[] Data)[] blobs)
    {
        var layout = new FileLayout();
        layout.Append(new LiteralPart(BlobRecord.Header(blobs.Length)));
        foreach ((BlobDataType type, ulong padding, byte[] data) in blobs)
        {
            layout.AlignTo(BlobRecord.Size);
            layout.Append(new LiteralPart(new BlobRecord(type, data.Length, layout.Length + BlobRecord.Size, padding).ToBytes()));
            layout.Append(new LiteralPart(data));
        }

        string path = scratch.Combine("weight.bin");
        OutputWriter.Write(new OutputModel(false, [(string.Empty, layout)], []), path, 1, null, null, default);
        return path;
    }
}
