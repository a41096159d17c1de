using System.Collections.Generic;
using System.Linq;

namespace CoreMLQuant.Running;

/// <summary>
/// One set of inputs, as it was given: before any model has looked at it, so that two models can each take it in their own way.
/// </summary>
/// <param name="Name">What it is called in results: a file's name, or a number.</param>
/// <param name="Values">
/// By feature: <see cref="MultiArray"/>, <see cref="ImageSource"/>, <see cref="string"/>, numbers, or a dictionary of numbers. The empty
/// name stands for the one input that takes it.
/// </param>
public sealed record RunSample(string Name, IReadOnlyDictionary<string, object> Values)
{
    /// <summary>The name of a value that goes to whichever input takes it.</summary>
    public const string Unnamed = "";

    /// <summary>Whether the values were drawn at random: what a model makes of them says nothing about real data.</summary>
    public bool IsRandom { get; init; }

    /// <summary>Why it cannot be read; <see langword="null"/> when it can. Whoever checks or runs it throws this.</summary>
    public SampleDataException? Problem { get; init; }

    /// <summary>The images in it.</summary>
    public IEnumerable<ImageSource> Images => Values.Values.OfType<ImageSource>();

    /// <summary>The name.</summary>
    public override string ToString() => Name;
}

/// <summary>An image file, decoded by whoever needs its pixels.</summary>
/// <param name="Path">Full path.</param>
public sealed record ImageSource(string Path)
{
    /// <summary>The path.</summary>
    public override string ToString() => Path;
}
