using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Management.Automation;

namespace CoreMLQuant.Running;

/// <summary>What a user gives as inputs, as samples.</summary>
/// <param name="runtime">Reads the files.</param>
/// <param name="resolvePath">From a path as written to a full path; any thread may call it.</param>
internal sealed class SampleInput(IModelRuntime runtime, Func<string, string> resolvePath)
{
    private int _count;

    /// <summary>The samples of an item: a hashtable or an object by feature names, a path, a file, a folder, the result of another run, or a bare value.</summary>
    /// <param name="item">The item.</param>
    /// <param name="features">What the model takes.</param>
    /// <exception cref="SampleDataException">It is no sample.</exception>
    public IEnumerable<RunSample> Of(object item, RunFeatures features)
    {
        object value = PlainValues.Of(item) ?? throw new SampleDataException(Name(), "An empty value is no sample.");
        return value switch
        {
            FileSystemInfo file => runtime.ReadSamples(file.FullName, features),
            string path => runtime.ReadSamples(resolvePath(path), features),
            RunSample sample => [sample],
            ModelRun run => [runtime.CreateSample(run.Sample, PlainValues.Entries(run.Outputs)!, features, resolvePath)],
            IReadOnlyDictionary<string, object> values => [runtime.CreateSample(Name(), values, features, resolvePath)],
            _ => [runtime.CreateSample(Name(), new Dictionary<string, object> { [RunSample.Unnamed] = value }, features, resolvePath)],
        };
    }

    /// <summary>Whether something that was swept up is a sample at all: a folder and a file of another kind are not.</summary>
    public bool IsSample(object item) => (item is PSObject wrapped ? wrapped.BaseObject : item) switch
    {
        DirectoryInfo => false,
        FileInfo file => runtime.IsSampleFile(file.FullName),
        _ => true,
    };

    private string Name() => (++_count).ToString(CultureInfo.InvariantCulture);
}
