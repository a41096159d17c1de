using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using CoreMLQuant.Running;

namespace CoreMLQuant.Calibration.Files;

/// <summary>Tells whether samples are those that were seen before, whatever they are called: SHA-256 of the values as they were given, and of the files of images.</summary>
internal static class SampleDigest
{
    /// <summary>The digest of samples, in their order.</summary>
    /// <exception cref="SampleDataException">An image cannot be read.</exception>
    public static string Of(IEnumerable<RunSample> samples)
    {
        using var hash = new FigureHash();
        foreach (RunSample sample in samples)
        {
            foreach (KeyValuePair<string, object> value in sample.Values.OrderBy(value => value.Key, StringComparer.Ordinal))
            {
                hash.Add([value.Key]);
                Add(hash, value.Value);
            }
        }

        return hash.Finish();
    }

    private static void Add(FigureHash hash, object value)
    {
        switch (value)
        {
            case ImageSource image:
                AddFile(hash, image.Path);
                break;
            case MultiArray array:
                hash.Add([array.ToString()]);
                Add(hash, array.Values);
                break;
            case Array numbers when numbers.GetType().GetElementType()!.IsPrimitive:
                hash.AddNumbers(numbers);
                break;
            case Array others:
                hash.Add(others.Cast<object>().Select(Text));
                break;
            case IReadOnlyDictionary<string, double> map:
                hash.Add(map.OrderBy(pair => pair.Key, StringComparer.Ordinal).SelectMany(pair => new[] { pair.Key, pair.Value.ToString("R", CultureInfo.InvariantCulture) }));
                break;
            default:
                hash.Add([Text(value)]);
                break;
        }
    }

    private static string Text(object value) => Convert.ToString(value, CultureInfo.InvariantCulture) ?? string.Empty;

    private static void AddFile(FigureHash hash, string path)
    {
        try
        {
            using FileStream file = File.OpenRead(path);
            hash.Add(file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new SampleDataException(path, $"It cannot be read: {e.Message}", e);
        }
    }
}
