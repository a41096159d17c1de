using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;

namespace CoreMLQuant.Benchmarks.Measuring;

/// <summary>What <c>times</c> is asked for.</summary>
/// <param name="Models">Titles and paths of the models.</param>
/// <param name="Operations">The operations.</param>
/// <param name="Runs">Number of measured runs of each.</param>
/// <param name="ShowsPhases">Whether to print the phases of each.</param>
/// <param name="WithoutCoremltools">Whether to leave coremltools alone even where it is found.</param>
internal sealed record TimesOptions(
    IReadOnlyList<(string Title, string Path)> Models, IReadOnlyList<MeasuredOperation> Operations, int Runs, bool ShowsPhases, bool WithoutCoremltools)
{
    private const int DefaultRuns = 7;
    private const long ConvolutionBytes = 205_000_000, TransformerBytes = 366_000_000, NetworkBytes = 500_000_000;
    private const int ConvolutionConstants = 5_148, NetworkConstants = 500;

    /// <summary>
    /// Reads <c>[PATH ...] [--operations NAME,...] [--runs N] [--phases] [--without-coremltools]</c>. Without a path, the models are generated.
    /// </summary>
    /// <param name="arguments">The arguments.</param>
    /// <param name="folder">Takes generated models.</param>
    /// <exception cref="ArgumentException">One is not known.</exception>
    public static TimesOptions Of(IReadOnlyList<string> arguments, string folder)
    {
        var paths = new List<string>();
        var options = new TimesOptions([], MeasuredOperation.All, DefaultRuns, false, false);
        for (int i = 0; i < arguments.Count; i++)
        {
            switch (arguments[i])
            {
                case "--operations" when i + 1 < arguments.Count:
                    options = options with { Operations = arguments[++i].Split(',').Select(MeasuredOperation.Of).ToArray() };
                    break;
                case "--runs" when i + 1 < arguments.Count:
                    options = options with { Runs = int.Parse(arguments[++i], CultureInfo.InvariantCulture) };
                    break;
                case "--phases":
                    options = options with { ShowsPhases = true };
                    break;
                case "--without-coremltools":
                    options = options with { WithoutCoremltools = true };
                    break;
                case ['-', ..] unknown:
                    throw new ArgumentException($"'{unknown}' is not one of --operations, --runs, --phases, --without-coremltools.");
                default:
                    paths.Add(Path.GetFullPath(arguments[i]));
                    break;
            }
        }

        return options with { Models = paths.Count > 0 ? paths.Select(path => (Path.GetFileName(path), path)).ToArray() : Generate(folder) };
    }

    private static (string Title, string Path)[] Generate(string folder)
    {
        string convolutions = Path.Combine(folder, "convolutions.mlpackage"), transformer = Path.Combine(folder, "transformer.mlpackage"), network = Path.Combine(folder, "network.mlmodel");
        Generation.ProgramGenerator.Write(convolutions, ConvolutionBytes, ConvolutionConstants);
        Generation.TransformerGenerator.Write(transformer, TransformerBytes);
        Generation.NetworkGenerator.Write(network, NetworkBytes, NetworkConstants);
        return [("like LaMa, 205 MB, 5 148 weights", convolutions), ("like a GPT, 366 MB, 148 weights", transformer), ("large NeuralNetwork, 500 MB, 500 weights", network)];
    }
}
