using System;
using CoreMLQuant.Tensors;

namespace CoreMLQuant.NeuralNetworks.Float16;

/// <summary>
/// Whether all values are whole numbers. Loaded constants that are may be indices, sizes or token numbers, which must not be rounded.
/// </summary>
internal sealed class WholeNumberScan
{
    private float? _rounded;
    private float _min = float.PositiveInfinity;
    private float _max = float.NegativeInfinity;

    /// <summary>Whether the answer is known to be no.</summary>
    public bool IsOver { get; set; }

    /// <summary>The first value that FP16 rounds; <see langword="null"/> when there is none or a value is no whole number.</summary>
    public float? FirstRounded => IsOver ? null : _rounded;

    /// <summary>Largest value, where all are whole numbers that differ by more than 1, so that they count something.</summary>
    public float? LargestOfMany => !IsOver && _max - _min > 1 ? _max : null;

    /// <summary>Looks at more values.</summary>
    public void Add(ReadOnlySpan<float> values)
    {
        for (int i = 0; i < values.Length && !IsOver; i++)
        {
            // Not equal for NaN; infinity is no index either.
            IsOver = values[i] != (float)Math.Floor(values[i]) || float.IsInfinity(values[i]);
            (_min, _max) = (Math.Min(_min, values[i]), Math.Max(_max, values[i]));
            if (_rounded is null && HalfConversion.ToSingle(HalfConversion.FromSingleBits(SingleBits.ToBits(values[i]))) != values[i])
            {
                _rounded = values[i];
            }
        }
    }
}
