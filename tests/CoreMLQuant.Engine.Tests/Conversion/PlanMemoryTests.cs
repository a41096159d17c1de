using System;
using System.Linq;
using System.Runtime.CompilerServices;
using CoreMLQuant.Conversion;
using CoreMLQuant.Models;
using CoreMLQuant.Planning;
using CoreMLQuant.Recipes;
using CoreMLQuant.Tests.Mil;
using Xunit;

namespace CoreMLQuant.Tests.Conversion;

/// <summary>What a plan keeps in memory for each weight: messages, site, decision, parts of the new file. Measured in the memory of this process, so nothing else may run in it.</summary>
[Collection(nameof(PlanningScaleTests))]
public sealed class PlanMemoryTests : IDisposable
{
    private const int Weights = 4000;

    private readonly ScratchFolder _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Theory]
    [InlineData(false, 2600)]
    [InlineData(true, 3600)]
    public void Plan_Float16OfManyWeights_KeepsLittleForEach(bool isWeightsOnly, int most)
    {
        string path = WeightPackage.Write(_scratch, "many.mlpackage", [4, 4], Enumerable.Range(0, Weights).Select(i => ($"w{i}", new float[16])).ToArray());
        var recipe = new Float16Recipe { WeightsOnly = isWeightsOnly };
        Kept(path, recipe);
        long kept = Kept(path, recipe) / Weights;
        Assert.True(kept <= most, $"{kept} bytes");
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static long Kept(string path, CompressionRecipe recipe)
    {
        long before = GC.GetTotalMemory(forceFullCollection: true);
        using ModelFile model = ModelFile.Open(path);
        CompressionPlan plan = ModelCompressor.Plan(model, recipe);
        long kept = GC.GetTotalMemory(forceFullCollection: true) - before;
        GC.KeepAlive(plan);
        return kept;
    }
}
