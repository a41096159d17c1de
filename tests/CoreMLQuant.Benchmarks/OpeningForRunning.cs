using System;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Linq;
using CoreMLQuant.Running;
using CoreMLQuant.Runtime;

namespace CoreMLQuant.Benchmarks;

/// <summary>Time and memory of opening a model for running: memory of the process's own, without files that are mapped.</summary>
internal static class OpeningForRunning
{
    private const int Times = 5;

    /// <summary>The runtime, with the native libraries of the build.</summary>
    public static OrtModelRuntime Runtime { get; } = new(Natives());

    /// <summary>Opens a model some times, the first with the start of the libraries in it.</summary>
    public static void Measure(string path)
    {
        for (int i = 0; i < Times; i++)
        {
            long before = AnonymousKilobytes();
            long start = Stopwatch.GetTimestamp();
            using IRunnableModel model = Runtime.Open(path, new RunSettings());
            double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"opened in {seconds:F3} s, {(AnonymousKilobytes() - before) / 1000} MB more of anonymous memory, {AnonymousKilobytes() / 1000} MB in all"));
        }
    }

    // Linux tells it; elsewhere it is 0.
    private static long AnonymousKilobytes()
    {
        const string Status = "/proc/self/status", Field = "RssAnon:";
        string? line = File.Exists(Status) ? File.ReadLines(Status).FirstOrDefault(candidate => candidate.StartsWith(Field, StringComparison.Ordinal)) : null;
        return line is null ? 0 : long.Parse(line[Field.Length..].Replace("kB", string.Empty, StringComparison.Ordinal), CultureInfo.InvariantCulture);
    }

    private static string Natives()
    {
        string? folder = AppContext.BaseDirectory;
        while (folder is not null && !File.Exists(Path.Combine(folder, "CoreMLQuant.psd1")))
        {
            folder = Path.GetDirectoryName(folder);
        }

        return Path.Combine(folder ?? throw new InvalidOperationException("Benchmarks run inside the repository."), "module", "CoreMLQuant.Runtime", "bin");
    }
}
