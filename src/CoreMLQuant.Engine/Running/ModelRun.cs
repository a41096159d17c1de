using System;
using System.Collections;
using System.Collections.Generic;
using System.Collections.Specialized;
using System.Globalization;
using System.Linq;
using CoreMLQuant.Formatting;

namespace CoreMLQuant.Running;

/// <summary>What a model made of one sample.</summary>
public sealed record ModelRun
{
    private const int ShownClasses = 3;

    /// <summary>The model.</summary>
    public required string ModelPath { get; init; }

    /// <summary>The sample's name.</summary>
    public required string Sample { get; init; }

    /// <summary>Whether the inputs were drawn at random.</summary>
    public required bool IsRandom { get; init; }

    /// <summary>
    /// The outputs by name, in the model's order: <see cref="MultiArray"/>, <see cref="ClassProbabilities"/>, text or a number.
    /// In PowerShell, <c>$run.Outputs.name</c>.
    /// </summary>
    public required OrderedDictionary Outputs { get; init => field = DescribedValues.Of(value); }

    /// <summary>Intermediate values that were asked for, by name.</summary>
    public OrderedDictionary IntermediateValues { get; init => field = DescribedValues.Of(value); } = DescribedValues.Of([]);

    /// <summary>The label that a classifier gives; empty for other models.</summary>
    public string Label { get; init; } = string.Empty;

    /// <summary>The most probable classes of a classifier, best first; empty for other models.</summary>
    public IReadOnlyList<ClassProbability> TopClasses { get; init => field = DescribedList<ClassProbability>.Of(value); } = DescribedList<ClassProbability>.Of([]);

    /// <summary>The result in one line: the most probable classes of a classifier, or else its label, or the outputs with their types.</summary>
    public string Result => TopClasses.Count > 0 ? string.Join(", ", TopClasses.Take(ShownClasses))
        : Label.Length > 0 ? Label
        : string.Join(", ", Outputs.Cast<DictionaryEntry>().Select(output => string.Format(CultureInfo.InvariantCulture, "{0}: {1}", output.Key, output.Value)));

    /// <summary>What of the inputs may not be wanted, each a sentence: NaN, and infinity that makes an output anything but finite.</summary>
    public IReadOnlyList<string> Warnings { get; init => field = DescribedList<string>.Of(value); } = DescribedList<string>.Of([]);

    /// <summary>Time that the model took, without reading the sample.</summary>
    public required TimeSpan Elapsed { get; init; }

    /// <summary>Sample and label.</summary>
    public override string ToString() => Label.Length > 0 ? $"{Sample}: {Label}" : Sample;
}
