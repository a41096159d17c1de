using BenchmarkDotNet.Attributes;
using CoreMLQuant.Conversion;
using CoreMLQuant.Recipes;

namespace CoreMLQuant.Benchmarks;

/// <summary>Compression of a NeuralNetwork.</summary>
public class NetworkBenchmarks : ConversionBenchmarks
{
    /// <inheritdoc/>
    [Params("mlmodel")]
    public override string Format { get; set; } = string.Empty;

    /// <inheritdoc/>
    [Params(500)]
    public override int Megabytes { get; set; }

    /// <summary>8 bits, a scale and a bias for each channel.</summary>
    [Benchmark]
    public ConversionResult Linear8() => Convert(new LinearQuantizationRecipe { Mode = QuantizationMode.Affine });
}
