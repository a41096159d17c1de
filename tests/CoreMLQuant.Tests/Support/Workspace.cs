using System;
using System.IO;
using System.Linq;
using System.Security.Cryptography;

namespace CoreMLQuant.Tests.Support;

/// <summary>A folder of a test's own; inputs are copied into it.</summary>
internal sealed class Workspace : IDisposable
{
    public const string Package = "convnet_iOS15/fp32.mlpackage";
    public const string Half = "convnet_iOS15/fp16.mlpackage";
    public const string Network = "nn_cnn/fp32.mlmodel";

    // Its specification version is high enough for FP16 already: converting it warns of nothing.
    public const string NewerNetwork = "nn_control/fp32.mlmodel";

    /// <summary>Ranges of the activations of <see cref="Package"/>, as -ActivationRanges takes them.</summary>
    public const string Ranges = """
        {
          "image": { "rmin": -2.1, "rmax": 2.6 },
          "relu_0": { "rmin": 0, "rmax": 5.3 },
          "leaky_relu_0": { "rmin": -0.4, "rmax": 6.1 },
          "dwconv": { "rmin": -3.2, "rmax": 2.8 },
          "relu6_0": { "rmin": 0, "rmax": 6 },
          "groupconv": { "rmin": -2.7, "rmax": 3.1 },
          "reduce_mean_0": { "rmin": 0.1, "rmax": 0.9 },
          "fc1": { "rmin": -1.8, "rmax": 2.2 },
          "gelu_0": { "rmin": -0.2, "rmax": 2.2 },
          "add_0": { "rmin": -1.4, "rmax": 1.6 },
          "add_1": { "rmin": -0.7, "rmax": 1.1 },
          "fc2": { "rmin": -4.1, "rmax": 3.9 }
        }
        """;

    // A PNG whose red grows to the right and whose green grows downwards.
    private const string Photo =
        "iVBORw0KGgoAAAANSUhEUgAAAAwAAAAICAIAAABChommAAAAp0lEQVR42g3KIQEAMQhAUUJMowlBiOmvF4IQ0+iFIMQ0emHunn4i"
        + "whBMcGEKSwhhC0co4QpPEFGGYoorU1lKKFs5SilXefonZzjmuDOd5YSzneOUc53nf4IBBg4TFgRsOFBw4fGnYAQWeDCDFUSwgxNU"
        + "cIMXf0pGYoknM1lJJDs5SSU3efmnYhRWeDGLVUSxi1NUcYtXf2pGY403s1lNNLs5TTW3ec0HlgByYShLVRMAAAAASUVORK5CYII=";

    public Workspace() => Root = Directory.CreateTempSubdirectory("coremlquant-test-").FullName;

    public string Root { get; }

    public string this[string relativePath] => Path.Combine(Root, relativePath);

    /// <summary>Copies a fixture; returns the copy's full path.</summary>
    public string Add(string fixture, string relativePath)
    {
        string source = Repository.Fixture(fixture);
        string target = this[relativePath];
        Directory.CreateDirectory(Path.GetDirectoryName(target)!);
        if (File.Exists(source))
        {
            File.Copy(source, target);
            return target;
        }

        foreach (string file in Directory.EnumerateFiles(source, "*", SearchOption.AllDirectories))
        {
            string copy = Path.Combine(target, Path.GetRelativePath(source, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }

        return target;
    }

    /// <summary>Writes a photo of 12x8 pixels; returns its full path.</summary>
    public string AddPhoto(string relativePath)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(this[relativePath])!);
        File.WriteAllBytes(this[relativePath], Convert.FromBase64String(Photo));
        return this[relativePath];
    }

    /// <summary>Writes a file of text; returns its full path.</summary>
    public string AddText(string relativePath, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(this[relativePath])!);
        File.WriteAllText(this[relativePath], text);
        return this[relativePath];
    }

    /// <summary>Every file and folder below, relative and sorted: equal before and after means that nothing was left behind.</summary>
    public string[] Entries() => Directory
        .EnumerateFileSystemEntries(Root, "*", SearchOption.AllDirectories)
        .Select(entry => Path.GetRelativePath(Root, entry).Replace('\\', '/'))
        .OrderBy(entry => entry, StringComparer.Ordinal)
        .ToArray();

    /// <summary>What is in every file below a path.</summary>
    public static string Hash(string path)
    {
        string[] files = File.Exists(path)
            ? [path]
            : Directory.GetFiles(path, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal).ToArray();
        return string.Join('\n', files.Select(file => file + " " + Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(file)))));
    }

    public void Dispose() => Directory.Delete(Root, recursive: true);
}
