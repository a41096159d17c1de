using System;
using System.Collections.Generic;

namespace CoreMLQuant.Running;

/// <summary>Reads samples one by one: each is read when the one before is done with.</summary>
/// <param name="samples">The samples.</param>
internal sealed class SampleReading(IEnumerable<RunSample> samples) : IDisposable
{
    private readonly IEnumerator<RunSample> _samples = samples.GetEnumerator();

    /// <summary>The next sample, or none at the end.</summary>
    public NextSample Next() => new(_samples.MoveNext() ? _samples.Current : null);

    /// <inheritdoc/>
    public void Dispose() => _samples.Dispose();
}

/// <summary>A sample, or the end of them.</summary>
/// <param name="Sample">The sample; <see langword="null"/> at the end.</param>
internal sealed record NextSample(RunSample? Sample);
