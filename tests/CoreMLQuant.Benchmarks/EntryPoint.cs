using System;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using CoreMLQuant.Benchmarks.Measuring;
using CoreMLQuant.Comparison;
using CoreMLQuant.Conversion;
using CoreMLQuant.Models;
using CoreMLQuant.Onnx;
using CoreMLQuant.Recipes;
using CoreMLQuant.Validation;

namespace CoreMLQuant.Benchmarks;

/// <summary>
/// <c>generate PATH MEGABYTES [CONSTANTS]</c> writes a model like LaMa, and <c>generate-transformer PATH MEGABYTES</c> one like a GPT; <c>convert SOURCE DESTINATION [RECIPE]</c> converts one and tells time and
/// peak memory; <c>compare REFERENCE DIFFERENCE [TIMES]</c> does the same for a comparison; <c>validate PATH</c> checks one ten times and tells
/// the times; <c>translate PATH</c> does so with a translation to ONNX; <c>run PATH [TIMES]</c> tells what a run costs beyond ONNX Runtime's own, and
/// <c>open PATH</c> what opening for running costs; <c>times</c> prints the table of README.md (<see cref="TimesOptions.Of"/> has its arguments), for which
/// it runs <c>measure PATH OPERATION RUNS WARMUPS</c>; <c>memory [--large]</c> prints the peak memory of each operation by the size of a tensor; anything else goes to BenchmarkDotNet.
/// </summary>
internal static class EntryPoint
{
    private static int Main(string[] arguments)
    {
        switch (arguments)
        {
            case ["generate", string path, string megabytes, .. string[] rest]:
                int constants = rest.Length > 0 ? int.Parse(rest[0], CultureInfo.InvariantCulture) : 5000;
                ModelGeneration.Write(Path.GetFullPath(path), long.Parse(megabytes, CultureInfo.InvariantCulture) * 1_000_000, constants);
                return 0;
            case ["generate-transformer", string path, string megabytes]:
                Generation.TransformerGenerator.Write(Path.GetFullPath(path), long.Parse(megabytes, CultureInfo.InvariantCulture) * 1_000_000);
                return 0;
            case ["times", .. string[] rest]:
                PrintTimes(rest);
                return 0;
            case ["memory", .. string[] rest]:
                MemoryTable.Print(isLarge: rest is ["--large"]);
                return 0;
            case ["measure", string path, string operation, string runs, string warmUps]:
                Console.WriteLine(Measurement.Of(
                    MeasuredOperation.Of(operation), path, int.Parse(runs, CultureInfo.InvariantCulture), int.Parse(warmUps, CultureInfo.InvariantCulture)));
                return 0;
            case ["validate", string path]:
                Validate(path);
                return 0;
            case ["translate", string path]:
                Translate(path);
                return 0;
            case ["run", string path, .. string[] rest]:
                RunOverhead.Measure(Path.GetFullPath(path), rest.Length > 0 ? int.Parse(rest[0], CultureInfo.InvariantCulture) : 100);
                return 0;
            case ["open", string path]:
                OpeningForRunning.Measure(Path.GetFullPath(path));
                return 0;
            case ["convert", string source, string destination, .. string[] rest]:
                Convert(source, destination, NamedRecipes.Of(rest is [string name] ? name : "fp16"));
                return 0;
            case ["compare", string reference, string difference, .. string[] rest]:
                for (int times = rest.Length > 0 ? int.Parse(rest[0], CultureInfo.InvariantCulture) : 1; times > 0; times--)
                {
                    Compare(reference, difference);
                }

                return 0;
            default:
                // In process: what is measured is the engine of this build, with nothing generated or restored.
                BenchmarkSwitcher.FromAssembly(typeof(EntryPoint).Assembly).Run(
                    arguments,
                    DefaultConfig.Instance.WithOptions(ConfigOptions.DisableOptimizationsValidator).AddJob(
                        Job.Default.WithToolchain(InProcessEmitToolchain.Instance).AsMutator()));
                return 0;
        }
    }

    private static void PrintTimes(string[] arguments)
    {
        string folder = Directory.CreateTempSubdirectory("coremlquant-benchmark-").FullName;
        try
        {
            TimesTable.Print(TimesOptions.Of(arguments, folder));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static void Validate(string path)
    {
        for (int i = 0; i < 10; i++)
        {
            long start = Stopwatch.GetTimestamp();
            ValidationReport report = ModelValidator.Validate(path);
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{report.Findings.Count} findings in {Stopwatch.GetElapsedTime(start).TotalSeconds:F3} s, peak {Process.GetCurrentProcess().PeakWorkingSet64 / 1_000_000} MB"));
        }
    }

    // Opening is a part of it: nobody translates a model that is not open.
    private static void Translate(string path)
    {
        for (int i = 0; i < 10; i++)
        {
            long start = Stopwatch.GetTimestamp();
            using ModelFile model = ModelFile.Open(Path.GetFullPath(path));
            int bytes = OnnxTranslator.Translate(model).ToBytes().Length;
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{bytes} bytes of graph in {Stopwatch.GetElapsedTime(start).TotalSeconds:F3} s, peak {Process.GetCurrentProcess().PeakWorkingSet64 / 1_000_000} MB"));
        }
    }

    private static void Convert(string source, string destination, CompressionRecipe recipe)
    {
        using ModelFile model = ModelFile.Open(Path.GetFullPath(source));
        ConversionResult result = ModelCompressor.Run(model, ModelCompressor.Plan(model, recipe), Path.GetFullPath(destination), new ConversionOptions());
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{result.Before} -> {result.After} bytes in {result.Elapsed.TotalSeconds:F3} s, peak {Process.GetCurrentProcess().PeakWorkingSet64 / 1_000_000} MB"));
    }

    private static void Compare(string reference, string difference)
    {
        Stopwatch time = Stopwatch.StartNew();
        using ModelFile one = ModelFile.Open(Path.GetFullPath(reference)), other = ModelFile.Open(Path.GetFullPath(difference));
        ModelComparison result = ModelComparer.Compare(one, other);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{result.Weights.Count} weights, {result.MinSnr:F2} dB at least, in {time.Elapsed.TotalSeconds:F3} s, peak {Process.GetCurrentProcess().PeakWorkingSet64 / 1_000_000} MB"));
    }
}
