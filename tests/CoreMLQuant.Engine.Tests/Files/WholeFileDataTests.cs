using System;
using System.IO;
using CoreMLQuant.Files;
using Xunit;

namespace CoreMLQuant.Tests.Files;

public class WholeFileDataTests
{
    [Fact]
    public void Read_RangeByRange_KeepsTheFileOpenUntilTheLastByte()
    {
        using var scratch = new ScratchFolder();
        string path = scratch.Combine("extra.bin");
        byte[] content = [1, 2, 3, 4, 5, 6];
        File.WriteAllBytes(path, content);
        using var data = new WholeFileData(path, content.Length);
        Assert.False(IsOpen(path));

        byte[] read = new byte[6];
        data.Read(4, read.AsSpan(4, 2));
        Assert.True(IsOpen(path));
        data.Read(0, read.AsSpan(0, 4));
        Assert.False(IsOpen(path));
        Assert.Equal(content, read);
    }

    [Fact]
    public void Dispose_HalfRead_ClosesTheFileAndItCanBeReadAgain()
    {
        using var scratch = new ScratchFolder();
        string path = scratch.Combine("extra.bin");
        File.WriteAllBytes(path, [1, 2]);
        var data = new WholeFileData(path, 2);
        data.Read(0, new byte[1]);
        data.Dispose();
        Assert.False(IsOpen(path));
        Assert.Equal([1, 2], data.ToArray());
        Assert.False(IsOpen(path));
    }

    private static bool IsOpen(string path)
    {
        try
        {
            new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.None).Dispose();
            return false;
        }
        catch (IOException)
        {
            return true;
        }
    }
}
