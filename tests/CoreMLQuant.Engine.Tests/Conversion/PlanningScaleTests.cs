using System;
using System.Diagnostics;
using System.Linq;
using CoreMLQuant.Conversion;
using CoreMLQuant.Models;
using CoreMLQuant.Recipes;
using CoreMLQuant.Tests.Mil;
using Xunit;

namespace CoreMLQuant.Tests.Conversion;

/// <summary>What planning costs grows with the size of a program, not faster. Measured in processor time of this process, so nothing else may run in it.</summary>
[Collection(nameof(PlanningScaleTests))]
public sealed class PlanningScaleTests : IDisposable
{
    private const int Few = 400, Many = 10 * Few;

    // Ten times the operations should take ten times as long; what looks through all of them for each one would take a hundred times.
    private const double MostTimesLonger = 40;

    private static readonly TimeSpan LeastMeasured = TimeSpan.FromSeconds(0.4);

    private readonly ScratchFolder _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Theory]
    [InlineData(typeof(Float16Recipe))]
    [InlineData(typeof(LinearQuantizationRecipe))]
    [InlineData(typeof(ExpansionRecipe))]
    public void Plan_TenTimesTheOperations_TakesAboutTenTimesAsLong(Type recipe)
    {
        double few = SecondsOf(recipe, Few), many = SecondsOf(recipe, Many);
        Assert.InRange(many / few, 0, MostTimesLonger);
    }

    // The mean of so many runs that what counts processor time, in hundredths of a second, can tell it. The first ones, which compile, do not count.
    private double SecondsOf(Type recipe, int weights)
    {
        string path = WeightPackage.Write(_scratch, $"{weights}.mlpackage", [4, 4], Enumerable.Range(0, weights).Select(i => ($"w{i}", new float[16])).ToArray());
        void Plan()
        {
            using ModelFile model = ModelFile.Open(path);
            ModelCompressor.Plan(model, (CompressionRecipe)Activator.CreateInstance(recipe)!);
        }

        Plan();
        Plan();
        TimeSpan start = Processor(), used = TimeSpan.Zero;
        int runs = 0;
        for (; used < LeastMeasured; used = Processor() - start)
        {
            Plan();
            runs++;
        }

        return used.TotalSeconds / runs;
    }

    private static TimeSpan Processor()
    {
        using Process process = Process.GetCurrentProcess();
        return process.TotalProcessorTime;
    }

    /// <summary>Runs when all other tests are done.</summary>
    [CollectionDefinition(nameof(PlanningScaleTests), DisableParallelization = true)]
    public sealed class Alone;
}
