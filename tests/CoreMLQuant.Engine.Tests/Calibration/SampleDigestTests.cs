using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Security.Cryptography;
using System.Text;
using CoreMLQuant.Calibration.Files;
using CoreMLQuant.Running;
using Xunit;

namespace CoreMLQuant.Tests.Calibration;

public sealed class SampleDigestTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1000)]
    [InlineData(300_000)]
    public void Of_Images_IsThatOfTheirFiles(int length)
    {
        using var scratch = new ScratchFolder();
        string path = scratch.Combine("a.png");
        byte[] content = Enumerable.Range(0, length).Select(i => (byte)(i * 31)).ToArray();
        File.WriteAllBytes(path, content);
        var sample = new RunSample("a.png", new Dictionary<string, object> { ["image"] = new ImageSource(path) });

        using SHA256 hash = SHA256.Create();
        string expected = string.Concat(hash.ComputeHash([.. Encoding.UTF8.GetBytes("image\0"), .. content]).Select(value => value.ToString("x2")));
        Assert.Equal(expected, SampleDigest.Of([sample]));
    }
}
