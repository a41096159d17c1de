using System;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Linq;

namespace CoreMLQuant.Benchmarks.Measuring;

/// <summary>The baseline: <c>cp -r</c> of a model where there is one, a copy by the framework elsewhere.</summary>
internal static class ModelCopy
{
    // The shell's own clock tells the processor time of cp alone; .NET has none for a process that has ended.
    private const string TimedCopy = "TIMEFORMAT='%R %U %S'; time cp -r -- \"$0\" \"$1\"";

    /// <summary>Copies a model to a path where nothing stands.</summary>
    /// <returns>Wall and processor time.</returns>
    public static (TimeSpan Wall, TimeSpan Processor) Copy(string source, string target)
    {
        if (OperatingSystem.IsWindows())
        {
            var clock = new PhaseClock();
            CopyByFramework(source, target);
            return (clock.Wall, clock.ProcessorTime);
        }

        using Process copy = Process.Start(new ProcessStartInfo("bash", ["-c", TimedCopy, source, target]) { RedirectStandardError = true })!;
        string text = copy.StandardError.ReadToEnd();
        copy.WaitForExit();
        double[] seconds = copy.ExitCode == 0
            ? text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Select(number => double.Parse(number, CultureInfo.InvariantCulture)).ToArray()
            : throw new IOException($"cp: {text}");
        return (TimeSpan.FromSeconds(seconds[0]), TimeSpan.FromSeconds(seconds[1] + seconds[2]));
    }

    private static void CopyByFramework(string source, string target)
    {
        if (File.Exists(source))
        {
            File.Copy(source, target);
            return;
        }

        Directory.CreateDirectory(target);
        foreach (string entry in Directory.EnumerateFileSystemEntries(source).ToArray())
        {
            CopyByFramework(entry, Path.Combine(target, Path.GetFileName(entry)));
        }
    }
}
