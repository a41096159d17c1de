using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Runtime.InteropServices;

namespace CoreMLQuant.Benchmarks.Measuring;

/// <summary>Prints the table of README.md: each operation on each model beside a copy, and beside coremltools where it is found.</summary>
internal static class TimesTable
{
    /// <summary>Measures and prints, row by row.</summary>
    public static void Print(TimesOptions options)
    {
        string? coremltools = options.WithoutCoremltools ? null : Coremltools.FindVersion();
        Console.WriteLine(Machine());
        Console.WriteLine($"Medians of {options.Runs} runs in a process that has done the same before, without waiting for the disk, in turn with `cp -r`{(options.WithoutCoremltools ? string.Empty : coremltools is null ? "; coremltools was not found" : $"; one run of coremltools {coremltools}, its import not counted")}.");
        Console.WriteLine();
        string[] columns =
        [
            "model", "operation", "time", "of which CPU", "peak memory", "`cp -r`", "its CPU", "ratio",
            .. options.ShowsPhases ? ["phases"] : Array.Empty<string>(),
            .. coremltools is null ? [] : new[] { "coremltools", "its CPU", "its peak" },
        ];
        Row(columns);
        Row(columns.Select((_, index) => index < 2 ? "---" : "---:"));
        foreach ((string title, string path) in options.Models)
        {
            foreach (MeasuredOperation operation in options.Operations.Where(operation => operation.IsFor(path)))
            {
                Measurement ours = Measurement.InProcessOfItsOwn(operation, path, options.Runs, Measurement.WarmUps);
                Row(
                [
                    title, operation.Title, Time(ours.Wall), Time(ours.Processor), Size(ours.Peak), Time(ours.CopyWall), Time(ours.CopyProcessor), Number(ours.Wall / ours.CopyWall, "0.0"),
                    .. options.ShowsPhases ? [string.Join(", ", ours.Phases.Select(phase => $"{phase.Name} {Time(phase.Wall)}"))] : Array.Empty<string>(),
                    .. coremltools is null ? [] : Theirs(operation, path),
                ]);
            }
        }
    }

    private static string[] Theirs(MeasuredOperation operation, string path) =>
        Coremltools.Measure(operation, path) is { } theirs ? [Time(theirs.Wall), Time(theirs.Processor), Size(theirs.Peak)] : ["-", "-", "-"];

    /// <summary>Date, machine and load, for the head of a table.</summary>
    public static string Machine()
    {
        string processor = File.Exists("/proc/cpuinfo")
            ? File.ReadLines("/proc/cpuinfo").FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal))?.Split(':', 2)[1].Trim() ?? string.Empty
            : Environment.GetEnvironmentVariable("PROCESSOR_IDENTIFIER") ?? string.Empty;
        string load = File.Exists("/proc/loadavg") ? $", load {File.ReadAllText("/proc/loadavg").Split(' ')[0]}" : string.Empty;
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{DateTime.UtcNow:d MMMM yyyy, HH:mm} UTC; {Environment.ProcessorCount} x {(processor.Length > 0 ? processor : RuntimeInformation.ProcessArchitecture.ToString())}, {RuntimeInformation.OSDescription}, {RuntimeInformation.FrameworkDescription}{load}.");
    }

    private static void Row(IEnumerable<string> cells) => Console.WriteLine($"| {string.Join(" | ", cells)} |");

    private static string Time(TimeSpan time) => time.TotalSeconds < 1 ? $"{Number(time.TotalMilliseconds, "0")} ms" : $"{Number(time.TotalSeconds, "0.0")} s";

    private static string Size(long bytes) => $"{Number(bytes / 1e6, "0")} MB";

    private static string Number(double number, string format) => number.ToString(format, CultureInfo.InvariantCulture);
}
