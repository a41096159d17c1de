using CoreMLQuant.Specification;
using Xunit;

namespace CoreMLQuant.Tests.Specification;

public class UnchangedMessageTests
{
    [Fact]
    public void Is_AnOrdinaryProgram_CountsItsMessages()
    {
        int messages = 0;
        Assert.True(UnchangedMessage.Is(Oddity.Model(Oddity.Relu("y")), MessageShape.Model, 0, ref messages));

        // Program, function and its entry, block and its entry, operation, input, argument, binding, output, type, tensor type.
        Assert.Equal(12, messages);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    public void Is_WhatTheWalkHasToLookAt_IsNot(int kind)
    {
        byte[] token = new DetachedPayloads().Detach(new CoreMLQuant.Files.MemoryData(new byte[1])).ToByteArray();
        byte[] odd = kind switch
        {
            0 => [0xD2, 0x05, 9, 1],
            1 => [0x00, 1],
            2 => [0x08, 0xFF],
            3 => Wire.Field(90, new byte[DetachedPayloads.Threshold]),
            4 => Wire.Field(90, token),
            5 => [0xD3, 0x05],
            _ => [0xD1, 0x05, 1, 2, 3],
        };
        int messages = 0;
        Assert.False(UnchangedMessage.Is(Oddity.Model([.. Oddity.Relu("y"), .. odd]), MessageShape.Model, 0, ref messages));
    }

    [Fact]
    public void Is_TextThatIsNotAscii_IsNot()
    {
        int messages = 0;
        Assert.False(UnchangedMessage.Is(Oddity.Model(Oddity.Relu("é")), MessageShape.Model, 0, ref messages));
    }

    [Fact]
    public void Is_FloatsOneByOneOrTwice_IsNot()
    {
        // RepeatedFloats of a value: packed floats once are what is written.
        byte[] packed = Wire.Field(1, [0, 0, 128, 63]), single = [0x0D, 0, 0, 128, 63];
        Assert.True(IsUnchanged(packed));
        Assert.False(IsUnchanged(single));
        Assert.False(IsUnchanged([.. packed, .. packed]));
    }

    [Fact]
    public void Is_MessagesThatAreNestedTooDeeply_IsNot()
    {
        int messages = 0;
        Assert.False(UnchangedMessage.Is(Oddity.Model(Oddity.Relu("y")), MessageShape.Model, StructureLimits.MaxNesting - 5, ref messages));
    }

    private static bool IsUnchanged(byte[] floats)
    {
        int messages = 0;
        byte[] value = Wire.Field(3, Wire.Field(1, Wire.Field(1, floats)));
        byte[] operation = Wire.Field(5, [.. Wire.Field(1, "val"u8), .. Wire.Field(2, value)]);
        return UnchangedMessage.Is(Oddity.Model(operation), MessageShape.Model, 0, ref messages);
    }
}
