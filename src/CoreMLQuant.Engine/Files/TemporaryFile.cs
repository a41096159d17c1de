using System;
using System.IO;
using CoreMLQuant.Formatting;

namespace CoreMLQuant.Files;

/// <summary>Files and folders in the folder for temporary files, which users do not choose for a conversion: what goes wrong there is told with what they can do.</summary>
internal static class TemporaryFile
{
    // Where Path.GetTempPath looks.
    private static string Variable => Path.DirectorySeparatorChar == '\\' ? "TEMP" : "TMPDIR";

    /// <summary>Creates a file or a folder.</summary>
    /// <typeparam name="T">What it is created as.</typeparam>
    /// <param name="folder">The folder for temporary files.</param>
    /// <param name="create">Creates it there.</param>
    /// <exception cref="IOException">It cannot be created.</exception>
    public static T Create<T>(string folder, Func<T> create)
    {
        try
        {
            return create();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new IOException($"No temporary file can be created in '{folder}': {Reason(e)} Set the environment variable {Variable} to a folder that can be written to, and start again.", e);
        }
    }

    /// <summary>Makes certain, before the long part begins, that there is room for what is going to be written.</summary>
    /// <param name="folder">The folder for temporary files.</param>
    /// <param name="bytes">What is needed.</param>
    /// <exception cref="IOException">There is less.</exception>
    public static void RequireSpace(string folder, long bytes)
    {
        long available = FreeSpace.Of(folder);
        if (available < bytes)
        {
            throw CannotWrite(folder, bytes, $"only {Figures.Size(available)} are available.", null);
        }
    }

    /// <summary>What a failed write is to the user; <see langword="null"/> when it is no failure of a file.</summary>
    /// <param name="failure">The failure.</param>
    /// <param name="folder">The folder for temporary files.</param>
    /// <param name="bytes">What is needed; 0 when that is not known.</param>
    public static IOException? InWords(Exception failure, string folder, long bytes) =>
        failure is IOException or UnauthorizedAccessException or ArgumentOutOfRangeException { ParamName: "value" } ? CannotWrite(folder, bytes, Reason(failure.GetBaseException()), failure) : null;

    private static IOException CannotWrite(string folder, long bytes, string reason, Exception? failure)
    {
        string what = bytes == 0 ? "Temporary files" : $"Temporary files of {Figures.Size(bytes)}";
        return new IOException($"{what} cannot be written to '{folder}': {reason} Free up space there, or set the environment variable {Variable} to a folder on another volume, and start again.", failure);
    }

    // What the system says, without the name of a file that nobody knows. The error of a file that is too long (EFBIG) comes as one of an argument.
    private static string Reason(Exception failure)
    {
        if (failure is ArgumentException)
        {
            return "a file would be larger than the file system, or the file size limit of this process (ulimit -f), allows.";
        }

        int name = failure.Message.IndexOf(" : '", StringComparison.Ordinal);
        return (name < 0 ? failure.Message : failure.Message.Substring(0, name)).TrimEnd('.') + ".";
    }
}
