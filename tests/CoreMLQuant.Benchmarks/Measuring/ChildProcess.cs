using System.Collections.Generic;
using System.Diagnostics;
using System.IO;

namespace CoreMLQuant.Benchmarks.Measuring;

/// <summary>Runs programs whose output is a result.</summary>
internal static class ChildProcess
{
    /// <summary>What a program prints.</summary>
    /// <exception cref="IOException">It fails; its errors are the message.</exception>
    public static string Output(string program, IEnumerable<string> arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        System.Threading.Tasks.Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 ? output : throw new IOException($"{program} failed: {errors.Result.Trim()}");
    }
}
