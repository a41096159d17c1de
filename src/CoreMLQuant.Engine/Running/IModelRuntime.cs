using System;
using System.Collections.Generic;
using System.IO;
using System.Threading;
using CoreMLQuant.Errors;
using CoreMLQuant.Files;

namespace CoreMLQuant.Running;

/// <summary>A runner together with the files that hold its inputs and outputs.</summary>
public interface IModelRuntime : IModelRunner
{
    /// <summary>Makes an ONNX file ready to run that was converted from a model: it takes and gives what the model does.</summary>
    /// <param name="onnxPath">Full path of the file.</param>
    /// <param name="modelPath">Full path of the model.</param>
    /// <param name="settings">How it is run.</param>
    /// <param name="cancellationToken">Stops opening it.</param>
    /// <exception cref="ModelRunException">ONNX Runtime refuses the file.</exception>
    IRunnableModel OpenOnnx(string onnxPath, string modelPath, RunSettings settings, CancellationToken cancellationToken = default);

    /// <summary>Whether a file holds samples, by its name.</summary>
    bool IsSampleFile(string path);

    /// <summary>Reads the samples of a file, or of the files in a folder, one after the other.</summary>
    /// <param name="path">Full path.</param>
    /// <param name="features">What the model takes.</param>
    /// <exception cref="SampleDataException">Nothing there can be read as a sample.</exception>
    IEnumerable<RunSample> ReadSamples(string path, RunFeatures features);

    /// <summary>Makes a sample of values by feature name: numbers, text, lists, arrays, dictionaries, paths.</summary>
    /// <param name="name">What to call it.</param>
    /// <param name="values">The values.</param>
    /// <param name="features">What the model takes.</param>
    /// <param name="resolvePath">From a path as written to a full path.</param>
    /// <exception cref="SampleDataException">A file that is named cannot be read, or a list has no shape.</exception>
    RunSample CreateSample(string name, IReadOnlyDictionary<string, object> values, RunFeatures features, Func<string, string> resolvePath);

    /// <summary>Draws samples: images uniform from 0 to 255, integers 0 or 1, floats standard normal; the same for the same seed everywhere.</summary>
    IEnumerable<RunSample> DrawSamples(RunFeatures features, int seed, int count);

    /// <summary>A small copy of an image, upright and with its proportions.</summary>
    /// <param name="imagePath">Full path.</param>
    /// <param name="longestSide">Pixels of its longer side at most.</param>
    /// <returns>A PNG file.</returns>
    /// <exception cref="SampleDataException">It cannot be read.</exception>
    byte[] CreateThumbnail(string imagePath, int longestSide);

    /// <summary>Reads outputs that something else computed: a .npz file with arrays by output name, stacked along a first axis where there are several samples.</summary>
    /// <exception cref="SampleDataException">It cannot be read.</exception>
    IReadOnlyDictionary<string, MultiArray> ReadArrays(string path);

    /// <summary>Writes the outputs of runs as a .npz file, complete or not at all.</summary>
    /// <param name="destination">Full path.</param>
    /// <param name="runs">The runs, in order.</param>
    /// <param name="options">Whether a file that is there may be replaced, and whether to wait until the new one is on disk.</param>
    /// <returns><see langword="false"/> when the file system cannot confirm that it is on disk.</returns>
    /// <exception cref="DestinationExistsException">Something is there and may not be replaced.</exception>
    /// <exception cref="IOException">It cannot be written.</exception>
    bool WriteOutputs(string destination, IReadOnlyList<ModelRun> runs, OutputOptions options);
}
