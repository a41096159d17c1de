using System;

namespace CoreMLQuant.Files;

/// <summary>
/// A whole file that is open only while it is copied: a package can hold more files than a process may have open. The first read
/// opens it, the last one closes it; every byte is read once.
/// </summary>
/// <param name="path">Full path of the file.</param>
/// <param name="length">Its length in bytes.</param>
internal sealed class WholeFileData(string path, long length) : WeightData, IDisposable
{
    private readonly object _lock = new();
    private SourceFile? _file;
    private long _left = length;

    public override long Length { get; } = length;

    public override void Read(long offset, Span<byte> destination)
    {
        Open().ReadExactly(offset, destination);
        lock (_lock)
        {
            _left -= destination.Length;
            if (_left <= 0)
            {
                Dispose();
            }
        }
    }

    /// <summary>Closes the file when a copy was given up half-way. It can be read again from the start.</summary>
    public void Dispose()
    {
        lock (_lock)
        {
            _file?.Dispose();
            _file = null;
            _left = Length;
        }
    }

    private SourceFile Open()
    {
        lock (_lock)
        {
            return _file ??= new SourceFile(path);
        }
    }
}
