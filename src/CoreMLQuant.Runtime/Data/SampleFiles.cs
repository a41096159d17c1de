using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using CoreMLQuant.Running;
using CoreMLQuant.Running.Numpy;
using CoreMLQuant.Runtime.Data.Files;
using CoreMLQuant.Runtime.Data.Images;

namespace CoreMLQuant.Runtime.Data;

/// <summary>Samples from files: which kind a file is, its name says.</summary>
internal static class SampleFiles
{
    // Files that are one value, for whichever input takes it.
    private static readonly (Func<string, bool> Is, Func<string, object> Read)[] Values =
    [
        (ImageFile.IsImage, path => new ImageSource(path)),
        (HasExtension(".wav"), WavFile.Read),
        (HasExtension(NumpyFile.ArrayExtension), NumpyFile.ReadArray),
    ];

    // Files that name the features themselves.
    private static readonly (Func<string, bool> Is, Func<string, RunFeatures, IEnumerable<RunSample>> Read)[] Tables =
    [
        (HasExtension(NumpyFile.ArchiveExtension), (path, features) => ArraySamples.Split(path, NumpyFile.ReadArchive(path), features)),
        (HasExtension(".csv"), (path, features) => Rows(path, CsvFile.Read(path), features)),
        (HasExtension(".json"), (path, features) => Rows(path, JsonFile.Read(path), features)),
    ];

    /// <summary>Whether a file holds samples, by its name.</summary>
    public static bool IsSampleFile(string path) => Array.Exists(Values, kind => kind.Is(path)) || Array.Exists(Tables, kind => kind.Is(path));

    /// <summary>Reads a file that is one value; <see langword="null"/> for another.</summary>
    /// <exception cref="SampleDataException">It is empty or damaged.</exception>
    public static object? ReadValue(string path) => Array.Find(Values, kind => kind.Is(path)).Read is { } read ? read(WithContent(path)) : null;

    /// <summary>Reads the samples of a file, or of the files in a folder in ordinal order of their names. A damaged file in a folder is among them, as a sample with a problem.</summary>
    /// <exception cref="SampleDataException">The file is damaged, or nothing there is a sample.</exception>
    public static IEnumerable<RunSample> Read(string path, RunFeatures features)
    {
        if (!Directory.Exists(path))
        {
            return File.Exists(path) ? ReadFile(path, features) : throw new SampleDataException(path, "It does not exist.");
        }

        string[] files = Directory.EnumerateFiles(path).Where(IsSampleFile).OrderBy(file => file, StringComparer.Ordinal).ToArray();
        return files.Length > 0
            ? files.SelectMany(file => SampleSequence.Read(Path.GetFileName(file), () => ReadFile(file, features)))
            : throw new SampleDataException(path, "The folder holds no samples: .png, .jpg, .bmp, .wav, .npy, .npz, .csv or .json files.");
    }

    private static IEnumerable<RunSample> ReadFile(string path, RunFeatures features)
    {
        if (Array.Find(Tables, kind => kind.Is(path)).Read is { } table)
        {
            return table(WithContent(path), features);
        }

        object value = ReadValue(path) ?? throw new SampleDataException(path, "It is no sample by its name: .png, .jpg, .bmp, .wav, .npy, .npz, .csv and .json are.");
        return value is MultiArray array
            ? ArraySamples.Split(path, [(RunSample.Unnamed, array)], features)
            : [new RunSample(Path.GetFileName(path), new Dictionary<string, object> { [RunSample.Unnamed] = value })];
    }

    // What reads a file would call an empty one damaged, or of another kind.
    private static string WithContent(string path) => new FileInfo(path).Length > 0 ? path : throw new SampleDataException(path, "It is empty.");

    private static IEnumerable<RunSample> Rows(string path, IEnumerable<IReadOnlyDictionary<string, object>> rows, RunFeatures features)
    {
        string folder = Path.GetDirectoryName(path)!, name = Path.GetFileName(path);
        var values = new SampleValues(features, path, text => Path.GetFullPath(text, folder));
        return rows.Select((row, i) => values.ToSample($"{name}:{(i + 1).ToString(CultureInfo.InvariantCulture)}", row));
    }

    private static Func<string, bool> HasExtension(string extension) => path => path.EndsWith(extension, StringComparison.OrdinalIgnoreCase);
}
