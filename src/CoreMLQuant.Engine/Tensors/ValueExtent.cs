using System;
using System.Runtime.CompilerServices;

namespace CoreMLQuant.Tensors;

/// <summary>The smallest and the largest finite value, in whatever order the values come.</summary>
internal sealed class ValueExtent
{
    /// <summary>Smallest finite value; +infinity when there is none.</summary>
    public float Minimum { get; private set; } = float.PositiveInfinity;

    /// <summary>Largest finite value; -infinity when there is none.</summary>
    public float Maximum { get; private set; } = float.NegativeInfinity;

    /// <summary>Whether there is no finite value.</summary>
    public bool IsEmpty => Minimum > Maximum;

    /// <summary>Adds values; infinities and NaN are left out.</summary>
    [MethodImpl(HotLoop.Optimized)]
    public void Add(ReadOnlySpan<float> values)
    {
        float minimum = Minimum, maximum = Maximum;
        for (int i = 0; i < values.Length; i++)
        {
            float value = values[i];

            // False for what is not finite: its distance from itself is NaN.
            if (value - value == 0)
            {
                minimum = value < minimum ? value : minimum;
                maximum = value > maximum ? value : maximum;
            }
        }

        // A zero of either sign becomes the positive one: which of them came first does not show.
        (Minimum, Maximum) = (minimum + 0f, maximum + 0f);
    }

    /// <summary>Adds the extent of other values.</summary>
    public void Add(ValueExtent other)
    {
        Minimum = Math.Min(Minimum, other.Minimum);
        Maximum = Math.Max(Maximum, other.Maximum);
    }
}
