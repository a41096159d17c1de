using System;
using System.Collections.Generic;
using System.Linq;

namespace CoreMLQuant.Tests.Tensors.Clustering;

/// <summary>What the kernels are held against: the textbook dynamic programme and plain sums, slow and obvious.</summary>
internal static class ClusteringReference
{
    /// <summary>The least sum of squared distances for a table of so many entries.</summary>
    public static double OptimalCost(IReadOnlyList<double> ascending, IReadOnlyList<double> weights, int clusters)
    {
        int n = ascending.Count;
        double[] least = new double[n + 1];
        least.AsSpan(1).Fill(double.PositiveInfinity);
        for (int k = 0; k < Math.Min(clusters, n); k++)
        {
            double[] next = new double[n + 1];
            next.AsSpan().Fill(double.PositiveInfinity);
            for (int begin = 0; begin < n; begin++)
            {
                // Welford's update of weight, mean and sum of squared distances, one value more at a time. Measured from the first value,
                // since neighbours' differences are exact, while a mean far from zero is not: it would round away what a narrow cluster costs.
                double weight = 0, mean = 0, cost = 0;
                for (int end = begin + 1; end <= n && !double.IsInfinity(least[begin]); end++)
                {
                    double w = weights[end - 1], value = ascending[end - 1] - ascending[begin], distance = value - mean;
                    weight += w;
                    mean += distance * w / weight;
                    cost += w * distance * (value - mean);
                    next[end] = Math.Min(next[end], least[begin] + cost);
                }
            }

            next[0] = 0;
            least = next;
        }

        return least[n];
    }

    public static double OptimalCost(IEnumerable<float> values, int clusters)
    {
        (double Value, double Weight)[] distinct = values.GroupBy(value => (double)value).OrderBy(group => group.Key).Select(group => (group.Key, (double)group.Count())).ToArray();
        return OptimalCost(distinct.Select(pair => pair.Value).ToArray(), distinct.Select(pair => pair.Weight).ToArray(), clusters);
    }

    /// <summary>Sum of squared distances to the nearest entry.</summary>
    public static double Cost(IEnumerable<float> values, IReadOnlyList<double> table) => values.Sum(value => table.Min(entry => (value - entry) * (value - entry)));

    public static double WeightedCost(IReadOnlyList<double> values, IReadOnlyList<double> weights, IReadOnlyList<double> table) =>
        values.Select((value, i) => weights[i] * table.Min(entry => (value - entry) * (value - entry))).Sum();

    public static float[] Normal(int count, int seed, double deviation = 0.02)
    {
        var random = new Random(seed);
        float[] values = new float[count];
        for (int i = 0; i < count; i++)
        {
            values[i] = (float)(deviation * Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble()));
        }

        return values;
    }
}
