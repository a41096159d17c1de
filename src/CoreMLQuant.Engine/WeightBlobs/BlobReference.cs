using CoreMLQuant.Errors;

namespace CoreMLQuant.WeightBlobs;

/// <summary>A blob by its place.</summary>
/// <param name="File">The weight file.</param>
/// <param name="Offset">Offset of the blob's record, as a reference gives it.</param>
internal readonly record struct BlobReference(BlobFile File, ulong Offset)
{
    /// <summary>The record, checked.</summary>
    /// <exception cref="CoreMLFormatException">There is no blob at the offset.</exception>
    public BlobRecord Record => File.ReadRecord(Offset, null);
}
