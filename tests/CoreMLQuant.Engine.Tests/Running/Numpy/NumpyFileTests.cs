using System;
using System.IO;
using System.IO.Compression;
using System.Linq;
using System.Text;
using CoreMLQuant.Running;
using CoreMLQuant.Running.Numpy;
using Xunit;

namespace CoreMLQuant.Tests.Running.Numpy;

public sealed class NumpyFileTests : IDisposable
{
    private readonly ScratchFolder _folder = new();

    public static TheoryData<Array> Arrays => new(
        new[] { 1.5f, -2f }, new[] { 1e300, -0.0 }, new sbyte[] { -128, 127 }, new byte[] { 0, 255 }, new short[] { -1, 2 },
        new[] { int.MinValue, 7 }, new[] { long.MaxValue, -7 }, new ushort[] { 1, 65535 }, new[] { 4294967295u, 1u }, new[] { ulong.MaxValue, 1ul }, new[] { true, false },
#if !LEGACY_LEG
        new[] { (Half)0.5f, Half.MaxValue },
#endif
        new[] { "tabby", "é\U0001F408" });

    [Theory]
    [MemberData(nameof(Arrays))]
    public void WriteArchive_ThenReadArchive_GivesTheSame(Array values)
    {
        string path = Write(("x", new MultiArray(values, [2])), ("scalar", new MultiArray(new[] { 3f }, [])), ("empty", new MultiArray(Array.Empty<float>(), [0, 4])));
        var arrays = NumpyFile.ReadArchive(path);
        Assert.Equal(["x", "scalar", "empty"], arrays.Select(array => array.Name));
        Assert.Equal(values, arrays[0].Array.Values);
        Assert.Equal(values.GetType(), arrays[0].Array.Values.GetType());
        Assert.Equal([[2], [], [0, 4]], arrays.Select(array => array.Array.Shape));
    }

    [Fact]
    public void WriteArchive_IsTheSameBytesEveryTime()
    {
        byte[] Bytes() => File.ReadAllBytes(Write(("x", new MultiArray(new[] { 1f, 2f }, [1, 2]))));
        Assert.Equal(Bytes(), Bytes());
    }

    [Fact]
    public void ReadArray_BigEndianAndColumnMajor_GivesRowMajorValues()
    {
        // What numpy.save writes of numpy.asfortranarray([[1, 2, 3], [4, 5, 6]], '>i2').
        string path = Write("x.npy", Npy("{'descr': '>i2', 'fortran_order': True, 'shape': (2, 3), }", [0, 1, 0, 4, 0, 2, 0, 5, 0, 3, 0, 6]));
        MultiArray array = NumpyFile.ReadArray(path);
        Assert.Equal(new short[] { 1, 2, 3, 4, 5, 6 }, array.Values);
        Assert.Equal([2, 3], array.Shape);
    }

    [Theory]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (3,), }", "announces 12 bytes of values, and 8 follow")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (1,), }", "announces 4 bytes of values, and 8 follow")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (1152921504606846976, 16), }", "is more than")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999999999999,), }", "is more than")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,2), }", "is more than")]
    [InlineData("{'descr': '|O', 'fortran_order': False, 'shape': (2,), }", "does not say")]
    [InlineData("{'descr': '<c8', 'fortran_order': False, 'shape': (1,), }", "'c8' cannot be read")]
    [InlineData("{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (2,), }", "does not say")]
    [InlineData("nothing of the kind", "does not say")]
    public void ReadArray_HeaderThatLies_IsRefused(string header, string message)
    {
        string path = Write("x.npy", Npy(header, new byte[8]));
        var error = Assert.Throws<SampleDataException>(() => NumpyFile.ReadArray(path));
        Assert.Contains(message, error.Message);
        Assert.Equal(path, error.File);
    }

    [Theory]
    [InlineData("")]
    [InlineData("\x93NUMPY")]
    [InlineData("this is no array at all, whatever its name")]
    public void ReadArray_OfSomethingElse_IsRefused(string content) =>
        Assert.Throws<SampleDataException>(() => NumpyFile.ReadArray(Write("x.npy", Encoding.Latin1.GetBytes(content))));

    [Fact]
    public void ReadArchive_EntryThatClaimsMoreThanDeflateCanHold_IsRefused()
    {
        string path = _folder.Combine("bomb.npz");
        using (ZipArchive archive = ZipFile.Open(path, ZipArchiveMode.Create))
        {
            using Stream entry = archive.CreateEntry("x.npy").Open();
            entry.Write(Npy("{'descr': '|u1', 'fortran_order': False, 'shape': (900000000,), }", []));
        }

        // The uncompressed size, in the directory at the end.
        byte[] bytes = File.ReadAllBytes(path);
        int directory = bytes.AsSpan().LastIndexOf("PK\x01\x02"u8);
        BitConverter.TryWriteBytes(bytes.AsSpan(directory + 24), 900_000_128u);
        File.WriteAllBytes(path, bytes);
        Assert.Contains("claims 900000128 bytes", Assert.Throws<SampleDataException>(() => NumpyFile.ReadArchive(path)).Message);
    }

    [Fact]
    public void ReadArchive_EntriesThatAreMoreThanTheLimitTogether_AreRefused()
    {
        const int EntryLength = 600_000_000;
        string path = _folder.Combine("bomb.npz");
        byte[] noise = new byte[EntryLength / 1000];
        new Random(1).NextBytes(noise);
        using (ZipArchive archive = ZipFile.Open(path, ZipArchiveMode.Create))
        {
            foreach (string name in new[] { "x.npy", "y.npy" })
            {
                using Stream entry = archive.CreateEntry(name).Open();
                entry.Write(Npy($"{{'descr': '|u1', 'fortran_order': False, 'shape': ({EntryLength - 128},), }}", noise));
            }
        }

        // Lengths that deflate could have made, in the directory at the end.
        byte[] bytes = File.ReadAllBytes(path);
        int last = bytes.AsSpan().LastIndexOf("PK\x01\x02"u8), first = bytes.AsSpan(0, last).LastIndexOf("PK\x01\x02"u8);
        BitConverter.TryWriteBytes(bytes.AsSpan(first + 24), EntryLength);
        BitConverter.TryWriteBytes(bytes.AsSpan(last + 24), EntryLength);
        File.WriteAllBytes(path, bytes);
        SampleDataException error = Assert.Throws<SampleDataException>(() => NumpyFile.ReadArchive(path));
        Assert.Equal(path + "/y.npy", error.File);
        Assert.Contains("all arrays of a file together", error.Message);
    }

    [Fact]
    public void ReadArchive_OfSomethingElse_IsRefused() =>
        Assert.Throws<SampleDataException>(() => NumpyFile.ReadArchive(Write("x.npz", Encoding.ASCII.GetBytes("no archive"))));

    [Fact]
    public void ReadArchive_OfNumpyItself_IsRead()
    {
        var arrays = NumpyFile.ReadArchive(Path.Combine(FixtureArchive.Extract(TestFiles.Fixture("run", "nets.zip"), "conv_bn_relu_iOS15", _folder), "inputs.npz"));
        Assert.IsType<float[]>(arrays[0].Array.Values);
    }

    public void Dispose() => _folder.Dispose();

    private static byte[] Npy(string header, byte[] values) =>
        [0x93, .. "NUMPY"u8, 1, 0, (byte)(header.Length + 1), (byte)((header.Length + 1) >> 8), .. Encoding.ASCII.GetBytes(header), (byte)'\n', .. values];

    private string Write(string name, byte[] content)
    {
        string path = _folder.Combine(name);
        File.WriteAllBytes(path, content);
        return path;
    }

    private string Write(params (string, MultiArray)[] arrays)
    {
        using FileStream stream = File.Create(_folder.Combine("x.npz"));
        NumpyFile.WriteArchive(stream, arrays);
        return _folder.Combine("x.npz");
    }
}
