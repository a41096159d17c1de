using System;

namespace CoreMLQuant.Tensors;

/// <summary>The largest magnitudes of FP32 values, as FP16 conversion needs to know them.</summary>
internal sealed class MagnitudeScan
{
    /// <summary>
    /// A finite value at least this large stands for "minus infinity" (attention masks use the most negative FP32); its
    /// exact size does not matter, so FP16 may saturate it. Same bound as coremltools'.
    /// </summary>
    public const float Sentinel = 1e38f;

    /// <summary>Largest magnitude below <see cref="Sentinel"/>; 0 when there is none.</summary>
    public float MaxMagnitude { get; private set; }

    /// <summary>Whether there is a finite value of at least <see cref="Sentinel"/>.</summary>
    public bool HasSentinel { get; private set; }

    /// <summary>Whether there is a NaN.</summary>
    public bool HasNaN { get; private set; }

    /// <summary>Whether a value is too large for FP16 and too small to be a sentinel.</summary>
    public bool OverflowsFloat16 => MaxMagnitude > HalfConversion.MaxValue;

    /// <summary>Looks at more values.</summary>
    public void Add(ReadOnlySpan<float> values)
    {
        if (values.IsEmpty)
        {
            return;
        }

        // NaN and infinity are above everything, so anything unusual fails this one comparison.
        var scan = new ValueScan();
        scan.Add(values);
        float max = scan.MaxMagnitude;
        if (max <= HalfConversion.MaxValue)
        {
            MaxMagnitude = Math.Max(MaxMagnitude, max);
            return;
        }

        foreach (float value in values)
        {
            float magnitude = Math.Abs(value);
            HasNaN |= float.IsNaN(value);
            HasSentinel |= magnitude >= Sentinel && !float.IsInfinity(value);
            MaxMagnitude = magnitude < Sentinel ? Math.Max(MaxMagnitude, magnitude) : MaxMagnitude;
        }
    }
}
