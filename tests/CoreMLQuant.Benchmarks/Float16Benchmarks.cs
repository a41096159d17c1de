using BenchmarkDotNet.Attributes;
using CoreMLQuant.Conversion;
using CoreMLQuant.Recipes;

namespace CoreMLQuant.Benchmarks;

/// <summary>FP16 of both formats.</summary>
public class Float16Benchmarks : ConversionBenchmarks
{
    /// <inheritdoc/>
    [Params("mlpackage", "mlmodel")]
    public override string Format { get; set; } = string.Empty;

    /// <summary>FP16, computing in FP16.</summary>
    [Benchmark]
    public ConversionResult Float16() => Convert(new Float16Recipe());

    /// <summary>FP16 in the file, FP32 in the arithmetic.</summary>
    [Benchmark]
    public ConversionResult WeightsOnly() => Convert(new Float16Recipe { WeightsOnly = true });
}
