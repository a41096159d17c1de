using System;
using System.Collections.Generic;
using System.Threading;
using CoreMLQuant.Files;
using CoreMLQuant.Models;
using CoreMLQuant.Running;
using CoreMLQuant.Running.Numpy;
using CoreMLQuant.Runtime.Data;
using CoreMLQuant.Runtime.Data.Images;
using CoreMLQuant.Runtime.Sessions;

namespace CoreMLQuant.Runtime;

/// <summary>Runs models on ONNX Runtime.</summary>
/// <param name="nativeFolder">Folder of the native libraries, one subfolder for each platform; needed once a model is opened.</param>
public sealed class OrtModelRuntime(string nativeFolder) : IModelRuntime
{
    /// <inheritdoc/>
    public IRunnableModel Open(string path, RunSettings settings, CancellationToken cancellationToken = default)
    {
        OrtEnvironment.Start(nativeFolder);
        using ModelFile file = ModelFile.Open(path, settings.FollowLinks, cancellationToken);
        RunFeatures features = RunFeatures.Of(file, settings.Function);
        return new RunnableModel(file.Path, features, settings, ModelStages.Open(file, settings, cancellationToken));
    }

    /// <inheritdoc/>
    public IRunnableModel OpenOnnx(string onnxPath, string modelPath, RunSettings settings, CancellationToken cancellationToken = default)
    {
        OrtEnvironment.Start(nativeFolder);
        using ModelFile file = ModelFile.Open(modelPath, settings.FollowLinks, cancellationToken);
        return new RunnableModel(onnxPath, RunFeatures.Of(file, settings.Function), settings, ModelStages.OpenOnnx(onnxPath, file, settings, cancellationToken));
    }

    /// <inheritdoc/>
    public bool IsSampleFile(string path) => SampleFiles.IsSampleFile(path);

    /// <inheritdoc/>
    public IEnumerable<RunSample> ReadSamples(string path, RunFeatures features) => SampleFiles.Read(path, features);

    /// <inheritdoc/>
    public RunSample CreateSample(string name, IReadOnlyDictionary<string, object> values, RunFeatures features, Func<string, string> resolvePath) =>
        new SampleValues(features, name, resolvePath).ToSample(name, values);

    /// <inheritdoc/>
    public IEnumerable<RunSample> DrawSamples(RunFeatures features, int seed, int count) => RandomSamples.Draw(features, seed, count);

    /// <inheritdoc/>
    public byte[] CreateThumbnail(string imagePath, int longestSide)
    {
        PixelImage image = ImageFile.Read(imagePath);
        double scale = Math.Min(1, (double)longestSide / Math.Max(image.Width, image.Height));
        int width = Math.Max(1, (int)(image.Width * scale)), height = Math.Max(1, (int)(image.Height * scale));
        return PngFile.Write(scale < 1 ? ImageScaler.Resize(image, width, height, ImageResize.Stretch) : image);
    }

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, MultiArray> ReadArrays(string path) => NumpyFile.ReadArrays(path);

    /// <inheritdoc/>
    public bool WriteOutputs(string destination, IReadOnlyList<ModelRun> runs, OutputOptions options) => NumpyFile.Write(destination, OutputArchive.ArraysOf(runs), options);
}
