using System;
using System.Collections;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;

namespace CoreMLQuant.Running;

/// <summary>The probability of each class, in the order of the model's labels.</summary>
public sealed class ClassProbabilities : IReadOnlyCollection<ClassProbability>
{
    private readonly ClassProbability[] _classes;

    /// <summary>Pairs labels with probabilities.</summary>
    /// <exception cref="ArgumentException">There are not as many of one as of the other.</exception>
    public ClassProbabilities(IReadOnlyList<string> labels, IReadOnlyList<double> values)
    {
        if (labels.Count != values.Count)
        {
            throw new ArgumentException($"{values.Count} probabilities were given for {labels.Count} labels.", nameof(values));
        }

        _classes = labels.Select((label, i) => new ClassProbability(label, values[i])).ToArray();
    }

    /// <summary>Number of classes.</summary>
    public int Count => _classes.Length;

    /// <summary>The labels, in the model's order.</summary>
    public string[] Labels => Array.ConvertAll(_classes, item => item.Label);

    /// <summary>The probabilities, in the model's order.</summary>
    public double[] Values => Array.ConvertAll(_classes, item => item.Probability);

    /// <summary>The probability of a class.</summary>
    /// <exception cref="KeyNotFoundException">The model has no such class.</exception>
    public double this[string label]
    {
        get
        {
            foreach (ClassProbability item in _classes)
            {
                if (item.Label == label)
                {
                    return item.Probability;
                }
            }

            throw new KeyNotFoundException($"The model has no class '{label}'.");
        }
    }

    /// <summary>The most probable classes, best first; of equal ones the earlier.</summary>
    public ClassProbability[] Top(int count) => [.. Ranking().Take(count).Select(index => _classes[index])];

    /// <inheritdoc/>
    public IEnumerator<ClassProbability> GetEnumerator() => ((IEnumerable<ClassProbability>)_classes).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>The best three.</summary>
    public override string ToString() => string.Join(", ", Top(3).Select(item => item.ToString()));

    /// <summary>Indices of the classes, best first; NaN comes last.</summary>
    internal IEnumerable<int> Ranking() => Enumerable.Range(0, _classes.Length)
        .OrderByDescending(index => double.IsNaN(_classes[index].Probability) ? double.NegativeInfinity : _classes[index].Probability);
}

/// <summary>A class and its probability.</summary>
/// <param name="Label">The class label; a number as text where the model's labels are integers.</param>
/// <param name="Probability">0 to 1 for most models; whatever the model computes.</param>
public sealed record ClassProbability(string Label, double Probability)
{
    /// <summary>E.g. <c>tabby 61.2 %</c>.</summary>
    public override string ToString() => string.Format(CultureInfo.InvariantCulture, "{0} {1:0.0} %", Label, 100 * Probability);
}
