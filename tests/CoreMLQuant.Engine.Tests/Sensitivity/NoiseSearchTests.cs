using System;
using System.Collections.Generic;
using System.Linq;
using CoreMLQuant.Sensitivity.Budget;
using Xunit;

namespace CoreMLQuant.Tests.Sensitivity;

/// <summary>The search for the largest noise comes to an end whatever is measured, and at the ends when nothing else would do.</summary>
public sealed class NoiseSearchTests
{
    private const int EndsWithin = 500;

    public static TheoryData<double, double, double, double> Searches()
    {
        var data = new TheoryData<double, double, double, double>();
        foreach (double room in new[] { 0, 1e-300, 0.125, 0.999, 1, 1.001, 8, 1e300, double.PositiveInfinity, double.NaN })
        {
            foreach ((double first, double least, double most) in new[] { (0.01, 0.0, 10.0), (1e-25, 0, 10), (0.01, 1e-9, 1e9), (0.01, 1e-20, 0.5), (1, 1e-6, 1e-3), (1e-9, 1e-6, 1e-3), (0.01, 0, 0), (0.01, 3, 3) })
            {
                data.Add(room, first, least, most);
            }
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Searches))]
    public void Next_BoundNeverHeld_EndsAtTheLeast(double room, double first, double least, double most)
    {
        List<double> noises = Search(new NoiseSearch(first, least, most), _ => false, room);
        if (!double.IsNaN(room))
        {
            Assert.Equal(least, noises[^1]);
        }
    }

    [Theory]
    [MemberData(nameof(Searches))]
    public void Next_BoundAlwaysHeld_EndsAtTheMost(double room, double first, double least, double most)
    {
        List<double> noises = Search(new NoiseSearch(first, least, most), _ => true, room);
        if (room > 2)
        {
            Assert.InRange(noises[^1], most / 1.12, most);
        }
    }

    [Theory]
    [InlineData(3e-12)]
    [InlineData(3e-4)]
    [InlineData(0.7)]
    public void Next_BoundHeldBelowANoise_EndsNearIt(double limit)
    {
        var search = new NoiseSearch(0.01, 0, 10);
        List<double> noises = Search(search, noise => noise <= limit, noise => limit / noise);
        Assert.Contains(noises, noise => noise <= limit && noise >= limit / 1.2);
    }

    [Theory]
    [InlineData(1e-3)]
    [InlineData(1e-6)]
    [InlineData(1e-9)]
    public void Next_BoundMissedByAHairEachTime_ReachesWhatHoldsInFewSteps(double limit)
    {
        List<double> noises = Search(new NoiseSearch(0.01, 1e-12, 10), noise => noise <= limit, noise => noise <= limit ? 1 : 0.97);
        Assert.Contains(noises.Take(8), noise => noise <= limit);
    }

    private static List<double> Search(NoiseSearch search, Func<double, bool> isHeld, double room) => Search(search, isHeld, _ => room);

    private static List<double> Search(NoiseSearch search, Func<double, bool> isHeld, Func<double, double> room)
    {
        var noises = new List<double> { search.Noise };
        while (search.Next(isHeld(search.Noise), room(search.Noise)))
        {
            noises.Add(search.Noise);
            Assert.True(noises.Count < EndsWithin, "the search does not end");
        }

        return noises;
    }
}
