using System.Collections.Generic;
using System.IO;
using System.Linq;
using CoreMLQuant.Models;
using CoreMLQuant.Specification;
using CoreMLQuant.Specification.Schema;
using Google.Protobuf;
using Xunit;

namespace CoreMLQuant.Tests.Specification;

public class ProgramBytesTests
{
    public static IEnumerable<object[]> Packages => Directory.EnumerateDirectories(TestFiles.Fixture(), "*.mlpackage", SearchOption.AllDirectories)
        .Where(path => !path.Contains("broken"))
        .Take(40)
        .Select(path => new object[] { path });

    [Theory]
    [MemberData(nameof(Packages))]
    public void Of_APackage_IsWhatTheLibraryWrites(string path)
    {
        using ModelFile model = ModelFile.Open(path);
        Assert.Equal(model.Specification.ToByteArray(), ProgramBytes.Of(model.Specification));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Of_FieldsOfANewerFormat_KeepsThemWhereTheyStand(int level)
    {
        // The field 90 stands in one of the model, the program, its function and its body.
        byte[] unknown = [0xD0, 0x05, 7];
        byte[] block = [.. Field(2, "y"u8), .. level == 3 ? unknown : [], .. Field(3, Field(1, "relu"u8))];
        byte[] function = [.. Field(2, "CoreML6"u8), .. level == 2 ? unknown : [], .. Field(3, [.. Field(1, "CoreML6"u8), .. Field(2, block)])];
        byte[] program = [0x08, 1, .. level == 1 ? unknown : [], .. Field(2, [.. Field(1, "main"u8), .. Field(2, function)])];
        Model model = Model.Parser.ParseFrom([0x08, 7, .. level == 0 ? unknown : [], .. Field(502, program)]);
        byte[] expected = model.ToByteArray();
        Assert.Contains(unknown, Enumerable.Range(0, expected.Length - 2).Select(at => expected[at..(at + 3)]));
        Assert.Equal(expected, ProgramBytes.Of(model));
    }

    private static byte[] Field(int number, System.ReadOnlySpan<byte> content)
    {
        using var bytes = new MemoryStream();
        using var output = new CodedOutputStream(bytes);
        output.WriteTag(number, WireFormat.WireType.LengthDelimited);
        output.WriteBytes(ByteString.CopyFrom(content));
        output.Flush();
        return bytes.ToArray();
    }
}
