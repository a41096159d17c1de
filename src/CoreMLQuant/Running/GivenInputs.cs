using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;

namespace CoreMLQuant.Running;

/// <summary>The inputs that parameters of a cmdlet give.</summary>
/// <param name="Runtime">Reads files.</param>
/// <param name="Paths">Full paths of files and folders.</param>
/// <param name="Objects">Inputs as objects.</param>
/// <param name="ResolvePath">From a path as written to a full path; any thread may call it.</param>
internal sealed record GivenInputs(IModelRuntime Runtime, IReadOnlyList<string> Paths, IReadOnlyList<object> Objects, Func<string, string> ResolvePath)
{
    /// <summary>The samples for a model, read one by one; what cannot be read is among them, as a sample with a problem.</summary>
    /// <param name="features">What the model takes.</param>
    public IEnumerable<RunSample> Read(RunFeatures features)
    {
        var input = new SampleInput(Runtime, ResolvePath);
        return Paths.SelectMany(path => SampleSequence.Read(Path.GetFileName(path), () => Runtime.ReadSamples(path, features)))
            .Concat(Objects.SelectMany((item, i) => SampleSequence.Read((i + 1).ToString(CultureInfo.InvariantCulture), () => input.Of(item, features))));
    }
}
