using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Linq;

namespace CoreMLQuant.Benchmarks.Measuring;

/// <summary>What an operation takes, beside what a copy takes: medians of runs in turn.</summary>
/// <param name="Wall">Wall time, opening included.</param>
/// <param name="Processor">Processor time.</param>
/// <param name="Peak">Largest working set of the process that did nothing else, in bytes.</param>
/// <param name="CopyWall">Wall time of the copy.</param>
/// <param name="CopyProcessor">Processor time of the copy.</param>
/// <param name="Phases">Wall time of each phase.</param>
internal sealed record Measurement(
    TimeSpan Wall, TimeSpan Processor, long Peak, TimeSpan CopyWall, TimeSpan CopyProcessor, IReadOnlyList<(string Name, TimeSpan Wall)> Phases)
{
    /// <summary>Runs before the measured ones, which compile: a session that has done the same before.</summary>
    public const int WarmUps = 4;

    /// <summary>Measures in this process.</summary>
    /// <param name="operation">What to measure.</param>
    /// <param name="source">The model.</param>
    /// <param name="runs">Number of measured runs.</param>
    /// <param name="warmUps">Number of runs before them.</param>
    public static Measurement Of(MeasuredOperation operation, string source, int runs, int warmUps)
    {
        string folder = Directory.CreateTempSubdirectory("coremlquant-benchmark-").FullName;
        try
        {
            string copy = Path.Combine(folder, "copy" + Path.GetExtension(source)), target = Path.Combine(folder, "target" + Path.GetExtension(source));
            if (operation.ReadsTarget)
            {
                ModelCopy.Copy(source, target);
            }

            var clocks = new List<(TimeSpan Wall, TimeSpan Processor, IReadOnlyList<(string Name, TimeSpan Wall)> Phases)>();
            var copies = new List<(TimeSpan Wall, TimeSpan Processor)>();
            for (int i = -warmUps; i < runs; i++)
            {
                (TimeSpan copyWall, TimeSpan copyProcessor) = ModelCopy.Copy(source, copy);
                ModelGeneration.Delete(copy);
                var clock = new PhaseClock();
                operation.Run(clock, source, target);
                (TimeSpan wall, TimeSpan processor) = (clock.Wall, clock.ProcessorTime);
                if (!operation.ReadsTarget)
                {
                    ModelGeneration.Delete(target);
                }

                if (i >= 0)
                {
                    clocks.Add((wall, processor, clock.Phases));
                    copies.Add((copyWall * operation.CopiedModels, copyProcessor * operation.CopiedModels));
                }
            }

            using Process process = Process.GetCurrentProcess();
            return new Measurement(
                Median(clocks.Select(clock => clock.Wall)),
                Median(clocks.Select(clock => clock.Processor)),
                process.PeakWorkingSet64,
                Median(copies.Select(time => time.Wall)),
                Median(copies.Select(time => time.Processor)),
                clocks[0].Phases.Select((phase, index) => (phase.Name, Median(clocks.Select(clock => clock.Phases[index].Wall)))).ToArray());
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>Measures in a process of its own, whose memory is then that of the operation.</summary>
    public static Measurement InProcessOfItsOwn(MeasuredOperation operation, string source, int runs, int warmUps) => Parse(ChildProcess.Output(
        Environment.ProcessPath!,
        [.. Path.GetFileNameWithoutExtension(Environment.ProcessPath!) == "dotnet" ? [typeof(Measurement).Assembly.Location] : Array.Empty<string>(), "measure", source, operation.Name, Text(runs), Text(warmUps)]));

    /// <summary>One line with all that <see cref="Parse"/> reads.</summary>
    public override string ToString() => string.Join(
        '\t',
        Phases.Select(phase => $"{phase.Name}={Text(phase.Wall.Ticks)}").Prepend(string.Join('\t', new[] { Wall.Ticks, Processor.Ticks, Peak, CopyWall.Ticks, CopyProcessor.Ticks }.Select(Text))));

    private static Measurement Parse(string line)
    {
        string[] columns = line.Trim().Split('\t');
        long[] numbers = columns.Take(5).Select(Number).ToArray();
        return new Measurement(
            new TimeSpan(numbers[0]),
            new TimeSpan(numbers[1]),
            numbers[2],
            new TimeSpan(numbers[3]),
            new TimeSpan(numbers[4]),
            columns.Skip(5).Select(column => column.Split('=')).Select(phase => (phase[0], new TimeSpan(Number(phase[1])))).ToArray());
    }

    private static TimeSpan Median(IEnumerable<TimeSpan> times)
    {
        TimeSpan[] sorted = times.Order().ToArray();
        return sorted[sorted.Length / 2];
    }

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);

    private static long Number(string text) => long.Parse(text, CultureInfo.InvariantCulture);
}
