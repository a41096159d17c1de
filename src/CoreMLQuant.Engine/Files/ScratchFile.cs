using System;
using System.IO;
using System.Runtime.InteropServices;
using System.Threading;
using CoreMLQuant.Files.Native;

namespace CoreMLQuant.Files;

/// <summary>A file for what does not fit into memory at once, written and read by any thread. Nobody else opens it, and it is gone when it is closed or its process ends.</summary>
internal sealed class ScratchFile : IDisposable
{
    private readonly PositionedFile _file;
    private long _length;

    /// <summary>Creates the file.</summary>
    /// <param name="folder">Where it is: a folder for temporary files.</param>
    /// <param name="expectedLength">Bytes that it is going to have, which is told where there is no room for them; 0 when that is not known.</param>
    /// <exception cref="IOException">It cannot be created.</exception>
    public ScratchFile(string folder, long expectedLength = 0)
    {
        FileSizeLimit.ReportAsError();
        string path = Path.Combine(folder, $"CoreMLQuant-scratch-{Guid.NewGuid():N}");
        _file = TemporaryFile.Create(folder, () => new PositionedFile(path, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None, FileOptions.DeleteOnClose));
        Output = new OutputFile(_file, failure => TemporaryFile.InWords(failure, folder, expectedLength));

        // Unix deletes the name of an open file, so that nothing is left even of a killed process; Windows deletes it with the last handle.
        if (!RuntimeInformation.IsOSPlatform(OSPlatform.Windows))
        {
            File.Delete(path);
        }
    }

    /// <summary>The same file, for jobs that write to one.</summary>
    public OutputFile Output { get; }

    /// <summary>Bytes that have been set aside or written.</summary>
    public long Length => Interlocked.Read(ref _length);

    /// <summary>Sets bytes aside, behind everything else.</summary>
    /// <param name="length">How many.</param>
    /// <returns>Where they are. They have no values until they are written.</returns>
    public long Reserve(long length) => Interlocked.Add(ref _length, length) - length;

    /// <summary>Writes numbers behind everything else.</summary>
    /// <returns>Where they are, in bytes.</returns>
    /// <exception cref="IOException">There is no room.</exception>
    public long Append(ReadOnlySpan<double> numbers) => Append(MemoryMarshal.AsBytes(numbers));

    /// <summary>Writes bytes behind everything else.</summary>
    /// <returns>Where they are.</returns>
    /// <exception cref="IOException">There is no room.</exception>
    public long Append(ReadOnlySpan<byte> bytes)
    {
        long at = Reserve(bytes.Length);
        Output.Write(at, bytes);
        return at;
    }

    /// <summary>Writes numbers.</summary>
    /// <param name="at">Where, in bytes.</param>
    /// <param name="numbers">The numbers.</param>
    /// <exception cref="IOException">There is no room.</exception>
    public void Write(long at, ReadOnlySpan<double> numbers) => Output.Write(at, MemoryMarshal.AsBytes(numbers));

    /// <summary>Reads numbers.</summary>
    /// <param name="at">Where they are, in bytes.</param>
    /// <param name="numbers">Takes them.</param>
    /// <exception cref="EndOfStreamException">There are not so many.</exception>
    public void Read(long at, Span<double> numbers) => Read(at, MemoryMarshal.AsBytes(numbers));

    /// <summary>Reads bytes.</summary>
    /// <param name="at">Where they are.</param>
    /// <param name="bytes">Takes them.</param>
    /// <exception cref="EndOfStreamException">There are not so many.</exception>
    public void Read(long at, Span<byte> bytes)
    {
        if (_file.Read(at, bytes) < bytes.Length)
        {
            throw new EndOfStreamException();
        }
    }

    /// <summary>Forgets everything and gives its room back; nobody may be reading or writing.</summary>
    public void Clear()
    {
        _file.Length = 0;
        Interlocked.Exchange(ref _length, 0);
    }

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();
}
