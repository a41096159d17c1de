using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using CoreMLQuant.Calibration.Collecting;
using CoreMLQuant.Comparison.Outputs;

namespace CoreMLQuant.Running;

/// <summary>What a user wants to know about the outputs of two models.</summary>
/// <param name="Runtime">Runs them.</param>
/// <param name="Settings">How they are run.</param>
/// <param name="Samples">The inputs, for the model whose features are given.</param>
/// <param name="ExpectedPath">Outputs that take the reference's place; <see langword="null"/> for none.</param>
/// <param name="WithLayers">Whether intermediate values are compared as well.</param>
internal sealed record OutputRequest(
    IModelRuntime Runtime, RunSettings Settings, Func<RunFeatures, IEnumerable<RunSample>> Samples, string? ExpectedPath, bool WithLayers)
{
    private const int MostThumbnails = 24;
    private const int ThumbnailSide = 96;

    /// <summary>Runs both and compares.</summary>
    /// <exception cref="InputMismatchException">Samples do not fit, or hold NaN: all that is wrong with them, before one runs.</exception>
    public ComparedOutputs Run(string referencePath, string differencePath, IProgress<RunSample> progress, CancellationToken cancellationToken)
    {
        RunSettings settings = Settings with { IntermediateValues = WithLayers ? SharedNames(referencePath, differencePath, cancellationToken) : [] };
        using IRunnableModel difference = Runtime.Open(differencePath, settings, cancellationToken);
        if (ExpectedPath is not null)
        {
            RunSample[] samples = Samples(difference.Features).ToArray();
            SampleCheck.RequireFit(difference, samples, cancellationToken);
            var recorded = new RecordedOutputs(ExpectedPath, Runtime.ReadArrays(ExpectedPath), samples.Length);
            return Illustrated(OutputComparer.Compare(recorded.Next, difference, samples, progress, cancellationToken), cancellationToken);
        }

        using IRunnableModel reference = Runtime.Open(referencePath, settings, cancellationToken);
        SampleCheck.RequireFit(reference, Samples(reference.Features), cancellationToken);
        return Illustrated(
            OutputComparer.Compare(sample => reference.Run(sample, cancellationToken), difference, Samples(reference.Features), progress, cancellationToken), cancellationToken);
    }

    // Those whose label changed come first: a report shows only so many.
    private ComparedOutputs Illustrated(ComparedOutputs compared, CancellationToken cancellationToken)
    {
        var thumbnails = new Dictionary<string, byte[]>(StringComparer.Ordinal);
        foreach (string path in compared.Outputs.SelectMany(output => output.Samples).Where(sample => sample.ImagePath.Length > 0)
            .OrderBy(sample => sample.IsSameLabel ?? true).Select(sample => sample.ImagePath).Distinct(StringComparer.Ordinal).Take(MostThumbnails))
        {
            cancellationToken.ThrowIfCancellationRequested();
            thumbnails.Add(path, Runtime.CreateThumbnail(path, ThumbnailSide));
        }

        return compared with { Thumbnails = thumbnails };
    }

    private string[] SharedNames(string referencePath, string differencePath, CancellationToken cancellationToken)
    {
        using IRunnableModel reference = Runtime.Open(referencePath, Settings, cancellationToken);
        using IRunnableModel difference = Runtime.Open(differencePath, Settings, cancellationToken);
        return reference.IntermediateValueNames.Intersect(difference.IntermediateValueNames, StringComparer.Ordinal).ToArray();
    }
}
