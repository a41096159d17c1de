using System;
using System.Threading;

namespace CoreMLQuant.Tensors.Clustering;

/// <summary>
/// k-means++ (Arthur and Vassilvitskii, 2007): each further centre is a point drawn with probability proportional to its
/// squared distance from the centres so far; of several draws the one that lowers the cost most.
/// </summary>
internal static class VectorSeeding
{
    /// <summary>Chooses all centres among the points.</summary>
    /// <param name="points">Vectors, one after the other.</param>
    /// <param name="centres">Takes the centres.</param>
    /// <param name="distances">Scratch, one for each point.</param>
    /// <param name="random">Draws.</param>
    /// <param name="cancellation">Stops between centres.</param>
    public static void Choose(double[] points, VectorCentres centres, double[] distances, SplitMix random, CancellationToken cancellation)
    {
        int draws = 2 + (int)Math.Log(centres.Count);
        double[] candidate = new double[distances.Length], chosen = new double[distances.Length];
        distances.AsSpan().Fill(double.PositiveInfinity);
        int first = (int)(random.NextDouble() * distances.Length);
        double cost = Lower(points, centres.Size, first, distances, chosen);
        SetCentre(points, centres, 0, first);
        chosen.CopyTo(distances, 0);
        for (int centre = 1; centre < centres.Count; centre++)
        {
            cancellation.ThrowIfCancellationRequested();
            int best = -1;
            double bestCost = double.PositiveInfinity;
            for (int draw = 0; draw < draws; draw++)
            {
                int point = Draw(distances, random.NextDouble() * cost);
                double lowered = Lower(points, centres.Size, point, distances, candidate);
                if (best < 0 || lowered < bestCost)
                {
                    (best, bestCost) = (point, lowered);
                    (candidate, chosen) = (chosen, candidate);
                }
            }

            SetCentre(points, centres, centre, best);
            chosen.CopyTo(distances, 0);
            cost = bestCost;
        }
    }

    // The point at which the running sum of distances passes a mark; the last one when rounding kept it below.
    private static int Draw(double[] distances, double mark)
    {
        double sum = 0;
        for (int i = 0; i < distances.Length; i++)
        {
            sum += distances[i];
            if (sum > mark)
            {
                return i;
            }
        }

        return distances.Length - 1;
    }

    // Distances when a point becomes a centre; returns their sum.
    private static double Lower(double[] points, int size, int point, double[] distances, double[] lowered)
    {
        double cost = 0;
        for (int i = 0; i < distances.Length; i++)
        {
            double distance = 0;
            for (int j = 0; j < size; j++)
            {
                double difference = points[(i * size) + j] - points[(point * size) + j];
                distance += difference * difference;
            }

            lowered[i] = Math.Min(distances[i], distance);
            cost += lowered[i];
        }

        return cost;
    }

    private static void SetCentre(double[] points, VectorCentres centres, int centre, int point)
    {
        for (int i = 0; i < centres.Size; i++)
        {
            centres.Set(centre, i, points[(point * centres.Size) + i]);
        }
    }
}
