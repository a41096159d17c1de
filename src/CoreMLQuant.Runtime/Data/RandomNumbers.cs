using System;

namespace CoreMLQuant.Runtime.Data;

/// <summary>
/// SplitMix64 (Steele, Lea, Flood 2014): a generator of our own, because the same seed has to give the same numbers in every version of
/// .NET and on every machine.
/// </summary>
internal sealed class RandomNumbers(ulong seed)
{
    private const double UnitOf53Bits = 1.0 / (1UL << 53);

    private ulong _state = seed;
    private double? _second;

    /// <summary>64 random bits.</summary>
    public ulong Next()
    {
        ulong z = _state += 0x9E3779B97F4A7C15;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }

    /// <summary>An integer from 0 on and below a limit.</summary>
    public int Below(int limit) => (int)Math.BigMul(Next(), (ulong)limit, out _);

    /// <summary>A standard normal number, by Box and Muller's transform.</summary>
    public double Normal()
    {
        if (_second is { } ready)
        {
            _second = null;
            return ready;
        }

        double radius = Math.Sqrt(-2 * Math.Log(1 - Uniform())), angle = 2 * Math.PI * Uniform();
        _second = radius * Math.Sin(angle);
        return radius * Math.Cos(angle);
    }

    private double Uniform() => (Next() >> 11) * UnitOf53Bits;
}
