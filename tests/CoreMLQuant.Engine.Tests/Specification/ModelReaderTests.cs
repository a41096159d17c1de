using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using CoreMLQuant.Files;
using CoreMLQuant.Specification;
using CoreMLQuant.Specification.Schema;
using Google.Protobuf;
using Xunit;

namespace CoreMLQuant.Tests.Specification;

public class ModelReaderTests
{
    public static IEnumerable<object[]> Specifications => Directory.EnumerateFiles(TestFiles.Fixture(), "*.mlmodel", SearchOption.AllDirectories)
        .Where(path => !path.Contains("broken") && !path.Contains("damaged"))
        .OrderBy(path => path, StringComparer.Ordinal)
        .Where((_, index) => index % 5 == 0)
        .Select(path => new object[] { path });

    public static IEnumerable<object[]> Levels => Enumerable.Range(0, Oddity.LevelCount).Select(level => new object[] { level });

    [Theory]
    [MemberData(nameof(Specifications))]
    public void Read_AFixture_IsWhatTheLibraryReads(string path)
    {
        using var file = new SourceFile(path);
        AssertSame(SpecificationReader.ReadStructure(file, new DetachedPayloads()).ToArray());
    }

    [Theory]
    [MemberData(nameof(Levels))]
    public void Read_FieldsOfANewerFormat_KeepsThem(int level)
    {
        // A number, bytes and a fixed one, which nothing of an operation is.
        AssertSame(Oddity.Of(level, [0xD0, 0x05, 7]));
        AssertSame(Oddity.Of(level, Wire.Field(90, "new"u8)));
        AssertSame(Oddity.Of(level, [0xD5, 0x05, 1, 2, 3, 4]));
    }

    [Theory]
    [MemberData(nameof(Levels))]
    public void Read_AMessageTwice_IsWhatTheLibraryReads(int level) => AssertSame(Oddity.Of(level, [], isRepeated: true));

    [Fact]
    public void Read_AValueOfManyLevels_IsWhatTheLibraryReads()
    {
        byte[] value = Wire.Field(2, Wire.Field(1, [0x08, 11]));
        for (int i = 0; i < 60; i++)
        {
            // A list in a list: the value, its content, the list of it.
            value = [.. Wire.Field(3, Wire.Field(3, Wire.Field(1, value)))];
        }

        AssertSame(Oddity.Model([.. Wire.Field(1, "const"u8), .. Wire.Field(5, [.. Wire.Field(1, "val"u8), .. Wire.Field(2, value)])]));
    }

    [Fact]
    public void Read_ATruncatedOperation_IsRefused() =>
        Assert.Throws<InvalidProtocolBufferException>(() => ModelReader.Read(new ArraySegment<byte>(Oddity.Model([0x0A, 9, (byte)'r']))));

    [Fact]
    public void Read_AProgramAndSomethingElse_IsWhatTheLibraryReads() => AssertSame([.. Oddity.Of(0, []), .. Wire.Field(900, [1])]);

    [Fact]
    public void Read_EqualNamesAndTypes_AreShared()
    {
        byte[] relu = Oddity.Relu("y");
        Model model = ModelReader.Read(new ArraySegment<byte>(Oddity.Model(relu, relu)));
        Operation[] operations = model.MlProgram.Functions["main"].BlockSpecializations["CoreML6"].Operations.ToArray();
        Assert.Same(operations[0].Outputs[0].Type, operations[1].Outputs[0].Type);
        Assert.Same(operations[0].Outputs[0].Name, operations[1].Outputs[0].Name);
        Assert.NotSame(operations[0].Outputs[0], operations[1].Outputs[0]);
    }

    private static void AssertSame(byte[] structure)
    {
        Model expected = Model.Parser.ParseFrom(CodedInputStream.CreateWithLimits(new MemoryStream(structure), int.MaxValue, 400)), actual = ModelReader.Read(new ArraySegment<byte>(structure));
        Assert.Equal(expected, actual);
        Assert.Equal(expected.ToByteArray(), actual.ToByteArray());
    }
}
