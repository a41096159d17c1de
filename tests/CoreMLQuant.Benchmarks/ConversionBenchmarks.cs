using System;
using System.IO;
using BenchmarkDotNet.Attributes;
using BenchmarkDotNet.Engines;
using CoreMLQuant.Benchmarks.Measuring;
using CoreMLQuant.Conversion;
using CoreMLQuant.Models;
using CoreMLQuant.Recipes;

namespace CoreMLQuant.Benchmarks;

/// <summary>Conversions against a plain copy of the same model: the ratio column is what the project promises.</summary>
[MedianColumn]
[SimpleJob(RunStrategy.Monitoring, launchCount: 1, warmupCount: 10, iterationCount: 5)]
public abstract class ConversionBenchmarks
{
    private string _folder = string.Empty;
    private string _source = string.Empty;
    private string _target = string.Empty;

    /// <summary>The model's world.</summary>
    public abstract string Format { get; set; }

    /// <summary>Megabytes of FP32 weights.</summary>
    [Params(200)]
    public virtual int Megabytes { get; set; }

    /// <summary>Number of constants.</summary>
    [Params(5000)]
    public int Constants { get; set; }

    [GlobalSetup]
    public void Generate()
    {
        _folder = Directory.CreateDirectory(Path.Combine(Path.GetTempPath(), "coremlquant-benchmark-" + Guid.NewGuid().ToString("N"))).FullName;
        _source = Path.Combine(_folder, "source." + Format);
        _target = Path.Combine(_folder, "target." + Format);
        ModelGeneration.Write(_source, Megabytes * 1_000_000L, Constants);
    }

    [GlobalCleanup]
    public void Remove() => Directory.Delete(_folder, recursive: true);

    [IterationSetup]
    public void Clear() => ModelGeneration.Delete(_target);

    /// <summary><c>cp -r</c> where there is one, a copy by the framework elsewhere.</summary>
    [Benchmark(Baseline = true)]
    public void Copy() => ModelCopy.Copy(_source, _target);

    /// <summary>Opens, plans and converts the model.</summary>
    protected ConversionResult Convert(CompressionRecipe recipe)
    {
        using ModelFile model = ModelFile.Open(_source);
        return ModelCompressor.Run(model, ModelCompressor.Plan(model, recipe), _target, new ConversionOptions());
    }
}
