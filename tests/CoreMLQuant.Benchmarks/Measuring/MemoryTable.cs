using System;
using System.Globalization;
using System.IO;
using System.Linq;

namespace CoreMLQuant.Benchmarks.Measuring;

/// <summary>Prints the table of docs/BENCHMARKS.md: what each operation takes at most by the size of the largest tensor, each in a process that does nothing else.</summary>
internal static class MemoryTable
{
    private static readonly int[] Megabytes = [1, 4, 16, 64, 154, 400], LargeMegabytes = [1_000, 4_000];

    // A convolution of nine parts and a linear layer of one.
    private const double ShareOfLargest = 0.9;
    private const int Constants = 4;

    /// <summary>Measures and prints, row by row.</summary>
    /// <param name="isLarge">Whether to measure tensors of gigabytes as well.</param>
    public static void Print(bool isLarge)
    {
        Console.WriteLine(TimesTable.Machine());
        Console.WriteLine();
        Console.WriteLine($"| largest tensor | {string.Join(" | ", MeasuredOperation.All.Select(operation => operation.Title))} |");
        Console.WriteLine($"| ---: | {string.Join(" | ", MeasuredOperation.All.Select(_ => "---:"))} |");
        foreach (int megabytes in isLarge ? Megabytes.Concat(LargeMegabytes) : Megabytes)
        {
            string folder = Directory.CreateTempSubdirectory("coremlquant-benchmark-").FullName;
            try
            {
                string model = Path.Combine(folder, "model.mlpackage");
                ModelGeneration.Write(model, (long)(megabytes / ShareOfLargest * 1e6), Constants);
                string[] peaks = MeasuredOperation.All
                    .Select(operation => (Measurement.InProcessOfItsOwn(operation, model, runs: 1, warmUps: 0).Peak / 1_000_000).ToString(CultureInfo.InvariantCulture) + " MB")
                    .ToArray();
                Console.WriteLine($"| {megabytes.ToString("N0", CultureInfo.InvariantCulture).Replace(',', ' ')} MB | {string.Join(" | ", peaks)} |");
            }
            finally
            {
                Directory.Delete(folder, recursive: true);
            }
        }
    }
}
