using System;
using System.Collections.Generic;
using System.Linq;
using CoreMLQuant.Comparison;
using CoreMLQuant.Inspection;
using CoreMLQuant.Models;
using Xunit;

namespace CoreMLQuant.Tests.Comparison;

/// <summary>The figures as anyone would compute them: whole arrays, FP64, one value after the other.</summary>
internal static class PlainErrors
{
    private const double Tolerance = 1e-6;

    /// <summary>Decoded values by <c>stage/function/name</c>.</summary>
    public static Dictionary<string, float[]> Values(ModelFile model)
    {
        var values = new Dictionary<string, float[]>();
        foreach (FoundWeight weight in WeightSites.Find(model))
        {
            if (weight.Decode() is { } found)
            {
                float[] read = new float[found.Count];
                found.Read(0, read);
                values.TryAdd(weight.Site.Name + "|" + weight.Site.Stage + "|" + weight.Site.Function, read);
            }
        }

        return values;
    }

    /// <summary>Asserts that a comparison says what plain arithmetic does.</summary>
    public static void AssertSame(WeightComparison actual, float[] reference, float[] difference)
    {
        Assert.Equal(reference.Length, difference.Length);
        double[] x = reference.Select(value => (double)value).ToArray(), y = difference.Select(value => (double)value).ToArray();
        double[] errors = x.Zip(y, (one, other) => one - other).ToArray();
        double signal = x.Sum(value => value * value), noise = errors.Sum(error => error * error), peak = x.Max(Math.Abs);
        Close(signal, actual.SignalEnergy);
        Close(noise, actual.NoiseEnergy);
        Close(errors.Max(Math.Abs), actual.MaxError);
        Assert.Equal(x.Count(value => value == 0) / (double)x.Length, actual.ReferenceSparsity);
        Assert.Equal(y.Count(value => value == 0) / (double)y.Length, actual.DifferenceSparsity);
        Close(noise == 0 ? double.PositiveInfinity : 10 * Math.Log10(signal / noise), actual.Snr);
        Close(noise == 0 ? double.PositiveInfinity : 10 * Math.Log10(peak * peak / (noise / x.Length)), actual.Psnr);
        Close(noise == 0 ? 0 : Math.Sqrt(noise / signal), actual.RelativeL2);
        double norms = Math.Sqrt(signal) * Math.Sqrt(y.Sum(value => value * value));
        if (norms == 0)
        {
            Assert.Null(actual.Cosine);
        }
        else
        {
            Close(x.Zip(y, (one, other) => one * other).Sum() / norms, actual.Cosine!.Value);
        }

        AssertChannels(actual, x, errors);
    }

    private static void AssertChannels(WeightComparison actual, double[] x, double[] errors)
    {
        if (actual.ChannelAxis is not { } axis)
        {
            Assert.True(actual.WorstChannel is null && actual.WorstChannelSnr is null);
            return;
        }

        long inner = actual.Shape.Skip(axis + 1).Aggregate(1L, (product, dimension) => product * dimension);
        var channels = Enumerable.Range(0, x.Length)
            .GroupBy(i => (int)(i / inner % actual.Shape[axis]))
            .Select(group => (Channel: group.Key, Signal: group.Sum(i => x[i] * x[i]), Noise: group.Sum(i => errors[i] * errors[i])))
            .ToArray();
        Assert.Equal(actual.Shape[axis], channels.Length);
        if (channels.All(channel => channel.Noise == 0))
        {
            Assert.True(actual.WorstChannel is null && actual.WorstChannelSnr is null);
            return;
        }

        double worst = channels.Where(channel => channel.Noise > 0).Min(channel => 10 * Math.Log10(channel.Signal / channel.Noise));
        Close(worst, actual.WorstChannelSnr!.Value);
        (int _, double signal, double noise) = channels.Single(channel => channel.Channel == actual.WorstChannel);
        Close(worst, 10 * Math.Log10(signal / noise));
    }

    private static void Close(double expected, double actual) => Assert.True(
        expected.Equals(actual) || Math.Abs(expected - actual) <= Tolerance * Math.Abs(expected),
        $"expected {expected:R}, found {actual:R}");
}
