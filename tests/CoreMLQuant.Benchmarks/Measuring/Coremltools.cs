using System;
using System.ComponentModel;
using System.Globalization;
using System.IO;

namespace CoreMLQuant.Benchmarks.Measuring;

/// <summary>The same operations by coremltools, where a python3 with it is found; each once, in a process of its own.</summary>
internal static class Coremltools
{
    private static string Script => Path.Combine(AppContext.BaseDirectory, "Measuring", "coremltools_times.py");

    /// <summary>Its version; <see langword="null"/> when there is none.</summary>
    public static string? FindVersion()
    {
        try
        {
            return ChildProcess.Output("python3", [Script]).Trim();
        }
        catch (Exception e) when (e is IOException or Win32Exception)
        {
            return null;
        }
    }

    /// <summary>Measures an operation.</summary>
    /// <returns><see langword="null"/> when coremltools does not have it for the model, or fails.</returns>
    public static (TimeSpan Wall, TimeSpan Processor, long Peak)? Measure(MeasuredOperation operation, string source)
    {
        string folder = Directory.CreateTempSubdirectory("coremlquant-benchmark-").FullName;
        try
        {
            // What the library logs comes before the result.
            string[] lines = ChildProcess.Output("python3", [Script, operation.Name, source, Path.Combine(folder, "target" + Path.GetExtension(source))])
                .Split('\n', StringSplitOptions.RemoveEmptyEntries);
            return lines is [.., var last] && last.Split('\t') is ["times", var wall, var processor, var peak]
                ? (Seconds(wall), Seconds(processor), long.Parse(peak, CultureInfo.InvariantCulture))
                : null;
        }
        catch (IOException)
        {
            return null;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static TimeSpan Seconds(string text) => TimeSpan.FromSeconds(double.Parse(text, CultureInfo.InvariantCulture));
}
