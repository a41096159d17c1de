using System.Collections.Generic;
using System.Globalization;
using System.Linq;

namespace CoreMLQuant.Onnx.Stages;

/// <summary>The features that a stage takes and gives.</summary>
/// <param name="kind">The stage's kind, for errors.</param>
/// <param name="values">The features by name.</param>
internal sealed class StageFeatures(string kind, IDictionary<string, object> values)
{
    /// <summary>A feature.</summary>
    /// <exception cref="StageException">It is missing.</exception>
    public object this[string name] => Find(name) ?? throw new StageException($"{kind} needs the feature '{name}', which is missing.");

    /// <summary>A feature; <see langword="null"/> when it is missing.</summary>
    public object? Find(string name) => values.TryGetValue(name, out object? value) ? value : null;

    /// <summary>Adds a feature.</summary>
    public void Add(string name, object value) => values[name] = value;

    /// <summary>The numbers of a feature; a sparse vector takes the places that its keys tell.</summary>
    /// <param name="name">The feature.</param>
    /// <param name="length">How many there are at least, for a sparse vector.</param>
    public double[] Numbers(string name, int length = 0)
    {
        switch (this[name])
        {
            case StageArray array:
                return array.Values;
            case double number:
                return [number];
            case long number:
                return [number];
            case IReadOnlyDictionary<string, double> sparse:
                return Dense(name, sparse, length);
            default:
                throw Unfit(name);
        }
    }

    /// <summary>All numbers of several features, one behind the other.</summary>
    public double[] Joined(IEnumerable<string> names) => names.SelectMany(name => Numbers(name)).ToArray();

    /// <summary>A text, or an integer in its invariant spelling: a category.</summary>
    public string Category(string name) => this[name] switch
    {
        string text => text,
        long number => number.ToString(CultureInfo.InvariantCulture),
        double number when number % 1 == 0 => number.ToString("F0", CultureInfo.InvariantCulture),
        StageArray { Values: [var number] } when number % 1 == 0 => number.ToString("F0", CultureInfo.InvariantCulture),
        _ => throw Unfit(name),
    };

    /// <summary>That a feature is of a kind that the stage does not take.</summary>
    public StageException Unfit(string name) => new($"{kind} does not take the feature '{name}' as it is.");

    private double[] Dense(string name, IReadOnlyDictionary<string, double> sparse, int length)
    {
        var places = new List<(int Index, double Value)>();
        foreach (KeyValuePair<string, double> pair in sparse)
        {
            if (!int.TryParse(pair.Key, NumberStyles.None, CultureInfo.InvariantCulture, out int index) || (length > 0 && index >= length))
            {
                throw Unfit(name);
            }

            places.Add((index, pair.Value));
        }

        double[] dense = new double[length > 0 ? length : places.Select(place => place.Index + 1).DefaultIfEmpty().Max()];
        places.ForEach(place => dense[place.Index] = place.Value);
        return dense;
    }
}
