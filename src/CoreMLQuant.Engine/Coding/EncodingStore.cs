using System;
using System.IO;
using System.Linq;
using System.Threading;
using CoreMLQuant.Files;

namespace CoreMLQuant.Coding;

/// <summary>
/// Encodings that are computed once and written several times. Their bytes are in a file, since the encodings of all weights in all ways take more memory than a model.
/// First all are recorded, by any number of threads, then they are read.
/// </summary>
internal sealed class EncodingStore : IDisposable
{
    private readonly string _path;
    private readonly OutputFile _recording;
    private readonly Lazy<SourceFile> _recorded;
    private long _length;

    /// <summary>Creates the file.</summary>
    /// <param name="folder">Where it is until this is disposed of.</param>
    /// <exception cref="IOException">The file cannot be created.</exception>
    public EncodingStore(string folder)
    {
        (_path, _recording) = TemporaryFile.Create(folder, "encodings", path => (path, new OutputFile(path, 0)));
        _recorded = new Lazy<SourceFile>(Finish);
    }

    /// <summary>Encodes a weight. Leaves nothing of it prepared.</summary>
    /// <param name="weight">The weight.</param>
    /// <param name="cancellationToken">Stops between tiles.</param>
    /// <exception cref="IOException">There is no room.</exception>
    public EncodingRecord Record(EncodedWeight weight, CancellationToken cancellationToken)
    {
        foreach (IPlacedPart part in weight.Parts.Select(part => part.Data).OfType<IPlacedPart>())
        {
            part.Place();
        }

        WeightData[] parts = weight.Parts.Select(part => Write(part.Data, cancellationToken)).ToArray();
        return new EncodingRecord(parts, weight.Error, weight.LayerError, weight.Shifts, weight.Remark);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _recording.Dispose();
        if (_recorded.IsValueCreated)
        {
            _recorded.Value.Dispose();
        }

        File.Delete(_path);
    }

    private RecordedData Write(OutputPart part, CancellationToken cancellationToken)
    {
        long position = Interlocked.Add(ref _length, part.Length) - part.Length;
        foreach (OutputJob job in part.Split(position))
        {
            job.Run(_recording, cancellationToken);
        }

        return new RecordedData(_recorded, position, part.Length);
    }

    private SourceFile Finish()
    {
        _recording.Dispose();
        return new SourceFile(_path);
    }

    private sealed class RecordedData(Lazy<SourceFile> file, long position, long length) : WeightData
    {
        public override long Length => length;

        public override void Read(long offset, Span<byte> destination) => file.Value.ReadExactly(position + offset, destination);
    }
}
