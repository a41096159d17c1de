using System;
using System.IO;
using System.Management.Automation;
using System.Runtime.InteropServices;
using System.Text;
using System.Threading;
using CoreMLQuant.Conversion;
using CoreMLQuant.Editing;
using CoreMLQuant.Editing.Assembly;
using CoreMLQuant.Errors;
using CoreMLQuant.Models;

namespace CoreMLQuant.Abstractions;

/// <summary>A file with one line of JSON for each result or error of a batch. Several runs may share it, in one process or in several.</summary>
internal sealed class ResultLog
{
    // More than enough for what every line begins with.
    private const int BeginningLength = 64;

    // On Windows, one writer keeps others away and lets everybody read. On other systems .NET has one lock for both, which only its own processes heed.
    private static readonly FileShare Readers = RuntimeInformation.IsOSPlatform(OSPlatform.Windows) ? FileShare.Read : FileShare.None;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private ResultLog(string path) => Path = path;

    /// <summary>Full path.</summary>
    public string Path { get; }

    /// <summary>Makes certain that a path is that of a log, or can become that of one.</summary>
    /// <param name="path">Full path.</param>
    /// <param name="isWritten">Whether it will be written: the file and its folder are created if they do not exist.</param>
    /// <exception cref="PathException">The path is that of a model, or something that is no log stands there.</exception>
    /// <exception cref="IOException">The file cannot be created or written.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be created or written.</exception>
    public static ResultLog Open(string path, bool isWritten)
    {
        if (ModelPaths.IsNamedAsModel(path))
        {
            throw Invalid(path, "is the name of a model or inside a model");
        }

        if (Directory.Exists(path))
        {
            throw Invalid(path, "is a folder");
        }

        var log = new ResultLog(path);
        if (new FileInfo(path) is { Exists: true, Length: > 0 } && !ResultLine.IsBeginning(log.ReadBeginning()))
        {
            throw Invalid(path, "exists and is not a log of results");
        }

        if (isWritten)
        {
            Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path)!);
            log.Open(FileAccess.Write, Readers).Dispose();
        }

        return log;
    }

    /// <summary>The error for a path that cannot be that of a log.</summary>
    /// <param name="path">Full path.</param>
    /// <param name="problem">What it is instead.</param>
    public static PathException Invalid(string path, string problem) => new(ErrorRecords.Create(
        ErrorIds.InvalidLogPath, ErrorCategory.InvalidArgument, path, $"'{path}' {problem}, so nothing can be logged there. Specify another file for -LogPath. No model was written."));

    /// <summary>Appends a result.</summary>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public void Append(ConversionResult result) => Append(ResultLine.Of(result, DateTime.UtcNow));

    /// <summary>Appends a model that was put together or taken apart.</summary>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public void Append(AssembledModel model) => Append(model.ToLogLine(DateTime.UtcNow));

    /// <summary>Appends a result.</summary>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public void Append(EditResult result) => Append(EditLine.Of(result, DateTime.UtcNow));

    /// <summary>Appends an error.</summary>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public void Append(string sourcePath, ErrorRecord error) => Append(ResultLine.OfError(
        sourcePath, error.FullyQualifiedErrorId.Split(',')[0], error.ErrorDetails?.Message ?? error.Exception.Message, DateTime.UtcNow));

    private void Append(string line)
    {
        byte[] bytes = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false).GetBytes(line + "\n");
        using FileStream file = Open(FileAccess.Write, Readers);
        file.Seek(0, SeekOrigin.End);
        file.Write(bytes, 0, bytes.Length);
    }

    private string ReadBeginning()
    {
        using var reader = new StreamReader(Open(FileAccess.Read, FileShare.ReadWrite | FileShare.Delete));
        char[] beginning = new char[BeginningLength];
        return new string(beginning, 0, reader.ReadBlock(beginning, 0, beginning.Length));
    }

    private FileStream Open(FileAccess access, FileShare share)
    {
        DateTime latest = DateTime.UtcNow + Patience;
        while (true)
        {
            try
            {
                return new FileStream(Path, access == FileAccess.Read ? FileMode.Open : FileMode.OpenOrCreate, access, share);
            }
            catch (IOException e) when (e is not (DirectoryNotFoundException or PathTooLongException) && !Directory.Exists(Path) && DateTime.UtcNow < latest)
            {
                // Another run is writing a line.
                Thread.Sleep(10);
            }
        }
    }
}
