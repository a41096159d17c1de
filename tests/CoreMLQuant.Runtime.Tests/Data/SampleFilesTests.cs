using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using CoreMLQuant.Elements;
using CoreMLQuant.Running;
using CoreMLQuant.Running.Numpy;
using CoreMLQuant.Runtime.Data;
using CoreMLQuant.Runtime.Tests.Support;
using Xunit;

namespace CoreMLQuant.Runtime.Tests.Data;

public sealed class SampleFilesTests : IDisposable
{
    private static readonly RunFeatures Vectors = TestInputs.Inputs(TestInputs.Array("x", ElementType.Float32, 3), TestInputs.Array("ids", ElementType.Int32, 1, 2));

    private readonly TestFolder _folder = new();

    [Fact]
    public void Read_ArraysOfTheFeaturesRank_AreOneSample()
    {
        RunSample sample = SampleFiles.Read(Archive(("x", new[] { 1f, 2f, 3f }, [3]), ("ids", new[] { 1, 2 }, [1, 2])), Vectors).Single();
        Assert.Equal("x.npz", sample.Name);
        Assert.Equal(new[] { 1f, 2f, 3f }, ((MultiArray)sample.Values["x"]).Values);
    }

    [Fact]
    public void Read_ArraysWithAnAxisMore_AreSamplesAlongIt()
    {
        RunSample[] samples = SampleFiles.Read(Archive(("x", new[] { 1f, 2f, 3f, 4f, 5f, 6f }, [2, 3]), ("ids", new[] { 7, 8 }, [1, 2])), Vectors).ToArray();
        Assert.Equal(["x.npz:1", "x.npz:2"], samples.Select(sample => sample.Name));
        Assert.Equal(new[] { 4f, 5f, 6f }, ((MultiArray)samples[1].Values["x"]).Values);
        Assert.All(samples, sample => Assert.Equal(new[] { 7, 8 }, ((MultiArray)sample.Values["ids"]).Values));
    }

    [Fact]
    public void Read_ArraysWithDifferentNumbersOfSamples_AreRefused()
    {
        string path = Archive(("x", new float[6], [2, 3]), ("ids", new int[6], [3, 1, 2]));
        Assert.Contains("'x' 2, 'ids' 3", Assert.Throws<SampleDataException>(() => SampleFiles.Read(path, Vectors).Count()).Message);
    }

    [Fact]
    public void Read_Csv_GivesASampleForEachRow()
    {
        string path = _folder.Write("rows.csv", "name,x,ids\n\"a, \"\"b\"\"\",\"[1, 2, 3.5]\",4\nc,\"[0,0,0]\",-5\n");
        RunSample[] samples = SampleFiles.Read(path, Vectors).ToArray();
        Assert.Equal(["a, \"b\"", "c"], samples.Select(sample => sample.Values["name"]));
        Assert.Equal(new[] { 1, 2, 3.5 }, ((MultiArray)samples[0].Values["x"]).Values);
        Assert.Equal(new[] { -5L }, ((MultiArray)samples[1].Values["ids"]).Values);
    }

    [Theory]
    [InlineData("a,b\n1\n", "Row 1 has 1 cells, and the header 2")]
    [InlineData("", "It is empty")]
    [InlineData("a,a\n1,2\n", "names a feature twice")]
    public void Read_CsvThatIsNoTable_IsRefused(string content, string message) =>
        Assert.Contains(message, Assert.Throws<SampleDataException>(() => SampleFiles.Read(_folder.Write("x.csv", content), Vectors).Count()).Message);

    [Fact]
    public void Read_Json_TakesAnObjectOrAnArrayOfObjects()
    {
        Assert.Single(SampleFiles.Read(_folder.Write("one.json", """{ "x": [[1, 2], [3, 4]] }"""), Vectors));
        RunSample[] samples = SampleFiles.Read(_folder.Write("two.json", """[{ "x": 1 }, { "x": [2.5], "ids": { "a": 1 } }]"""), Vectors).ToArray();
        Assert.Equal([1], ((MultiArray)samples[1].Values["x"]).Shape);
        Assert.Equal(1.0, ((IReadOnlyDictionary<string, double>)samples[1].Values["ids"])["a"]);
    }

    [Theory]
    [InlineData("[1]", "A sample is an object")]
    [InlineData("{ \"x\": [[1], [2, 3]] }", "not equally long")]
    [InlineData("{ \"x\": [[1], 2] }", "not equally long")]
    [InlineData("{ \"x\": null }", "null is no value")]
    [InlineData("{ \"x\": 1, \"x\": 2 }", "stands twice")]
    [InlineData("{ \"x\": ", "not well-formed")]
    public void Read_JsonThatIsNoSample_IsRefused(string content, string message) =>
        Assert.Contains(message, Assert.Throws<SampleDataException>(() => SampleFiles.Read(_folder.Write("x.json", content), Vectors).Count()).Message);

    [Fact]
    public void Read_Folder_GoesThroughItsSamplesInOrder()
    {
        _folder.Write("b.json", """{ "x": [2, 2, 2] }""");
        _folder.Write("a.json", """{ "x": [1, 1, 1] }""");
        _folder.Write("notes.txt", "no sample");
        Assert.Equal(["a.json:1", "b.json:1"], SampleFiles.Read(_folder.Root, Vectors).Select(sample => sample.Name));
        Directory.CreateDirectory(_folder["empty"]);
        Assert.Throws<SampleDataException>(() => SampleFiles.Read(_folder["empty"], Vectors));
    }

    [Theory]
    [InlineData(1, 16, new byte[] { 0, 0x80, 0, 0x40 }, new[] { -1f, 0.5f })]
    [InlineData(1, 8, new byte[] { 0, 128, 192 }, new[] { -1f, 0f, 0.5f })]
    [InlineData(1, 24, new byte[] { 0, 0, 0x80, 0, 0, 0x40 }, new[] { -1f, 0.5f })]
    [InlineData(3, 32, new byte[] { 0, 0, 0x80, 0x3E }, new[] { 0.25f })]
    public void Read_Wav_GivesFloats(int format, int bits, byte[] data, float[] expected)
    {
        RunSample sample = SampleFiles.Read(_folder.Write("x.wav", Wav(format, 1, bits, data)), Vectors).Single();
        Assert.Equal(expected, ((MultiArray)sample.Values[RunSample.Unnamed]).Values);
    }

    [Fact]
    public void Read_WavOfTwoChannels_GivesOneRowForEach()
    {
        var array = (MultiArray)SampleFiles.Read(_folder.Write("x.wav", Wav(1, 2, 8, [0, 128, 128, 0])), Vectors).Single().Values[RunSample.Unnamed];
        Assert.Equal([2, 2], array.Shape);
        Assert.Equal(new[] { -1f, 0f, 0f, -1f }, array.Values);
    }

    [Fact]
    public void Read_WavThatAnnouncesMoreThanItHas_EndsWithItsData()
    {
        byte[] wav = Wav(1, 1, 8, [128, 128]);
        BitConverter.TryWriteBytes(wav.AsSpan(40), uint.MaxValue);
        Assert.Equal([2], ((MultiArray)SampleFiles.Read(_folder.Write("x.wav", wav), Vectors).Single().Values[RunSample.Unnamed]).Shape);
        Assert.Throws<SampleDataException>(() => SampleFiles.Read(_folder.Write("y.wav", wav[..20]), Vectors));
        Assert.Throws<SampleDataException>(() => SampleFiles.Read(_folder.Write("z.wav", Wav(2, 1, 4, [1])), Vectors));
    }

    [Fact]
    public void Draw_DependsOnTheSeedAndNothingElse()
    {
        RunFeatures features = TestInputs.Inputs(TestInputs.Array("x", ElementType.Float32, 1000), TestInputs.Array("ids", ElementType.Int32, 50), TestInputs.Image("image", ImageColorSpace.Rgb, 8, 4));
        RunSample[] one = RandomSamples.Draw(features, 1, 2).ToArray(), more = RandomSamples.Draw(features, 1, 3).ToArray(), other = RandomSamples.Draw(features, 2, 1).ToArray();
        Assert.Equal(Values<float>(one[1], "x"), Values<float>(more[1], "x"));
        Assert.NotEqual(Values<float>(one[0], "x"), Values<float>(one[1], "x"));
        Assert.NotEqual(Values<float>(one[0], "x"), Values<float>(other[0], "x"));
        Assert.InRange(Values<float>(one[0], "x").Average(), -0.15, 0.15);
        Assert.InRange(Values<float>(one[0], "x").Average(value => value * value), 0.8, 1.2);
        Assert.Equal([0, 1], Values<int>(one[0], "ids").Distinct().Order());
        Assert.Equal([3, 4, 8], ((MultiArray)one[0].Values["image"]).Shape);
        Assert.All(one, sample => Assert.True(sample.IsRandom));
    }

    public void Dispose() => _folder.Dispose();

    private static T[] Values<T>(RunSample sample, string name) => (T[])((MultiArray)sample.Values[name]).Values;

    private static byte[] Wav(int format, int channels, int bits, byte[] data) =>
        [.. "RIFF"u8, 0, 0, 0, 0, .. "WAVEfmt "u8, 16, 0, 0, 0, (byte)format, 0, (byte)channels, 0, 0x80, 0x3E, 0, 0, 0, 0, 0, 0, 1, 0, (byte)bits, 0, .. "data"u8, .. BitConverter.GetBytes(data.Length), .. data];

    private string Archive(params (string Name, Array Values, long[] Shape)[] arrays)
    {
        using FileStream stream = File.Create(_folder["x.npz"]);
        NumpyFile.WriteArchive(stream, arrays.Select(array => (array.Name, new MultiArray(array.Values, array.Shape))));
        return _folder["x.npz"];
    }
}
