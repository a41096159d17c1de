using System.Linq;
using CoreMLQuant.Running;

namespace CoreMLQuant.Runtime.Tests.Support;

/// <summary>Samples that say nothing.</summary>
internal static class SilentSamples
{
    /// <summary>The same sample with zeros as one of its inputs.</summary>
    public static RunSample WithZeros(this RunSample sample, string input) => sample with
    {
        Values = sample.Values.ToDictionary(value => value.Key, value => value.Key == input ? Zeros((MultiArray)value.Value) : value.Value),
    };

    private static MultiArray Zeros(MultiArray like) => new(new float[like.Values.Length], like.Shape);
}
