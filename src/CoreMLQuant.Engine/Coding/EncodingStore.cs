using System;
using System.IO;
using System.Linq;
using System.Threading;
using CoreMLQuant.Files;

namespace CoreMLQuant.Coding;

/// <summary>
/// Encodings that are computed once and written several times, recorded by any number of threads. Their bytes are in a file, since the encodings of all weights in all ways take more memory
/// than a model.
/// </summary>
/// <param name="folder">Where the file is.</param>
/// <param name="expectedLength">Bytes that all encodings are going to take; 0 when that is not known.</param>
/// <exception cref="IOException">The file cannot be created.</exception>
internal sealed class EncodingStore(string folder, long expectedLength = 0) : IDisposable
{
    private readonly ScratchFile _file = new(folder, expectedLength);

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
    public void Dispose() => _file.Dispose();

    private RecordedData Write(OutputPart part, CancellationToken cancellationToken)
    {
        long position = _file.Reserve(part.Length);
        foreach (OutputJob job in part.Split(position))
        {
            job.Run(_file.Output, cancellationToken);
        }

        return new RecordedData(_file, position, part.Length);
    }

    private sealed class RecordedData(ScratchFile file, long position, long length) : WeightData
    {
        public override long Length => length;

        public override void Read(long offset, Span<byte> destination) => file.Read(position + offset, destination);
    }
}
