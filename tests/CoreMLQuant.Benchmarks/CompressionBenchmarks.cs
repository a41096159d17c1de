using BenchmarkDotNet.Attributes;
using CoreMLQuant.Conversion;

namespace CoreMLQuant.Benchmarks;

/// <summary>Compressions of an ML Program.</summary>
public class CompressionBenchmarks : ConversionBenchmarks
{
    /// <inheritdoc/>
    [Params("mlpackage")]
    public override string Format { get; set; } = string.Empty;

    /// <summary>Int8 per channel.</summary>
    [Benchmark]
    public ConversionResult Int8PerChannel() => Convert(NamedRecipes.Of("int8"));

    /// <summary>Int4 per block of 32.</summary>
    [Benchmark]
    public ConversionResult Int4PerBlock() => Convert(NamedRecipes.Of("int4"));

    /// <summary>Half of the values become zero.</summary>
    [Benchmark]
    public ConversionResult PruneHalf() => Convert(NamedRecipes.Of("prune"));

    /// <summary>Exact k-means with 16 entries.</summary>
    [Benchmark]
    public ConversionResult Palettize4() => Convert(NamedRecipes.Of("pal4"));

    /// <summary>Exact k-means with 64 entries.</summary>
    [Benchmark]
    public ConversionResult Palettize6() => Convert(NamedRecipes.Of("pal6"));
}
