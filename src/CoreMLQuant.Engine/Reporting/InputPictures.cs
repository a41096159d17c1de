using System.Collections.Generic;
using System.Linq;
using CoreMLQuant.Comparison.Outputs;
using CoreMLQuant.Formatting;
using CoreMLQuant.Reporting.Page;

namespace CoreMLQuant.Reporting;

/// <summary>The images that models were given, small, each with what both said about it.</summary>
internal static class InputPictures
{
    private const int MostPictures = 24;
    private const int NameLength = 48;

    /// <summary>The pictures, in the order of the thumbnails.</summary>
    public static IReadOnlyList<Picture> Create(ComparedOutputs compared)
    {
        ILookup<string, SampleComparison> samples = compared.Outputs.SelectMany(output => output.Samples).ToLookup(sample => sample.ImagePath);
        return compared.Thumbnails.Take(MostPictures).Where(thumbnail => samples.Contains(thumbnail.Key))
            .Select(thumbnail => Describe(samples[thumbnail.Key].ToArray(), thumbnail.Value)).ToArray();
    }

    private static Picture Describe(SampleComparison[] outputs, byte[] png)
    {
        SampleComparison? labeled = outputs.FirstOrDefault(output => output.IsSameLabel is not null);
        string[] lines = labeled is null
            ? [Figures.Decibels(outputs.Min(output => output.Snr))]
            : [$"Before: {Figures.Short(labeled.ReferenceLabel, NameLength)}", $"After: {Figures.Short(labeled.DifferenceLabel, NameLength)}"];
        return new Picture(Figures.Short(outputs[0].Sample, NameLength), lines, png, labeled?.IsSameLabel == false);
    }
}
