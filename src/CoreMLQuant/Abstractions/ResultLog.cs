using System;
using System.IO;
using System.Management.Automation;
using System.Text;
using System.Threading;
using CoreMLQuant.Conversion;
using CoreMLQuant.Editing;
using CoreMLQuant.Editing.Assembly;

namespace CoreMLQuant.Abstractions;

/// <summary>
/// A file with one line of JSON for each result or error of a batch. Several processes may append to it: each line is written with the
/// file locked.
/// </summary>
/// <param name="path">Full path.</param>
internal sealed class ResultLog(string path)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>Full path.</summary>
    public string Path => path;

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
        using FileStream file = Open();
        file.Seek(0, SeekOrigin.End);
        file.Write(bytes, 0, bytes.Length);
    }

    private FileStream Open()
    {
        DateTime latest = DateTime.UtcNow + Patience;
        while (true)
        {
            try
            {
                return new FileStream(path, FileMode.OpenOrCreate, FileAccess.Write, FileShare.Read);
            }
            catch (IOException e) when (e is not (DirectoryNotFoundException or PathTooLongException) && !Directory.Exists(path) && DateTime.UtcNow < latest)
            {
                // Another process is writing a line.
                Thread.Sleep(10);
            }
        }
    }
}
