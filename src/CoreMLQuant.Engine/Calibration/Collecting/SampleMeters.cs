using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using CoreMLQuant.Calibration.Files;
using CoreMLQuant.Calibration.Inputs;
using CoreMLQuant.Running;
using CoreMLQuant.Tensors.Statistics;

namespace CoreMLQuant.Calibration.Collecting;

/// <summary>Adds what a model gave for a sample to sums.</summary>
internal interface ISampleMeter
{
    /// <summary>Names of the values that are looked at.</summary>
    IReadOnlyList<string> Values { get; }

    /// <summary>Samples that have been added.</summary>
    int SamplesDone { get; }

    /// <summary>How much work a sample is, to begin with the most; in no unit.</summary>
    long Work { get; }

    /// <summary>Adds the next sample.</summary>
    /// <exception cref="InvalidDataException">A value has another shape than its operation takes.</exception>
    void Add(IReadOnlyDictionary<string, TappedValue> values);
}

/// <summary>A value that a model gave, as FP32.</summary>
/// <param name="Elements">The elements, row-major.</param>
/// <param name="Shape">Dimensions.</param>
internal sealed record TappedValue(float[] Elements, IReadOnlyList<long> Shape)
{
    /// <summary>The elements of an array as FP32, where they are if they are that already.</summary>
    public static TappedValue Of(MultiArray array) => new(
        array.Values as float[] ?? array.Values.Cast<object>().Select(value => Convert.ToSingle(value, System.Globalization.CultureInfo.InvariantCulture)).ToArray(), array.Shape);
}

/// <summary>Adds the vectors that weights are multiplied with.</summary>
internal sealed class InputMeter : ISampleMeter
{
    // More vectors than that tell hardly more, and places of one image are much alike.
    private const int UsualVectors = 16384, VectorsPerColumn = 4, FewestVectors = 64;

    private readonly IReadOnlyList<TappedVectors> _values;
    private readonly int _most;

    /// <summary>Prepares.</summary>
    /// <param name="sums">Where vectors are added.</param>
    /// <param name="values">What they are taken from.</param>
    /// <param name="samples">Number of samples that there will be.</param>
    public InputMeter(InputSums sums, IReadOnlyList<TappedVectors> values, int samples)
    {
        Sums = sums;
        _values = values;
        long wanted = Math.Max(UsualVectors, (long)VectorsPerColumn * sums.Sums.Columns), shares = (long)samples * values.Count;
        _most = (int)Math.Max(FewestVectors, (wanted + shares - 1) / shares);
    }

    /// <summary>The sums.</summary>
    public InputSums Sums { get; }

    /// <inheritdoc/>
    public IReadOnlyList<string> Values => _values.Select(value => value.Value).ToArray();

    /// <inheritdoc/>
    public int SamplesDone => Sums.SamplesDone;

    /// <inheritdoc/>
    public long Work => Sums.Sums.Sums.Length * (Sums.Sums.HasProducts ? Sums.Sums.Columns : 1L);

    /// <inheritdoc/>
    public void Add(IReadOnlyDictionary<string, TappedValue> values)
    {
        foreach (TappedVectors tapped in _values)
        {
            TappedValue value = values[tapped.Value];

            // A branch that was not taken, or a loop without rounds: what other dimensions such a value has is not known.
            if (value.Elements.Length == 0)
            {
                continue;
            }

            try
            {
                VectorMeter.Add(value.Elements, value.Shape, tapped.Vectors, Sums.Sums, _most, Sums.SamplesDone);
            }
            catch (InvalidDataException e)
            {
                throw new InvalidDataException($"Value '{tapped.Value}': {e.Message}", e);
            }
        }

        Sums.SamplesDone++;
    }
}

/// <summary>Adds all elements of a value.</summary>
/// <param name="sums">Where they are added.</param>
internal sealed class ValueMeter(NamedValueSums sums) : ISampleMeter
{
    /// <inheritdoc/>
    public IReadOnlyList<string> Values { get; } = [sums.Name];

    /// <inheritdoc/>
    public int SamplesDone => sums.SamplesDone;

    /// <inheritdoc/>
    public long Work => 0;

    /// <inheritdoc/>
    public void Add(IReadOnlyDictionary<string, TappedValue> values)
    {
        sums.Sums.Add(values[sums.Name].Elements);
        sums.SamplesDone++;
    }
}
