using System;
using System.Collections.Generic;
using CoreMLQuant.Files;

namespace CoreMLQuant.WeightBlobs;

/// <summary>
/// The rewrite of one weight file: which blobs it will hold, in the order of the source. A blob that nobody asks
/// for in another form is carried over, even when nothing ever referred to it, but not when its last reference has gone;
/// a blob asked for in one form by several is written once.
/// Offsets are known as soon as the plan is laid out, before a byte is computed.
/// </summary>
internal sealed class BlobFilePlan(BlobFile source)
{
    private readonly SortedDictionary<PlannedForm, PlannedBlob> _blobs = new(BlobOrder.Instance);

    /// <summary>The source file.</summary>
    public BlobFile Source => source;

    /// <summary>Asks for the blob at an offset as it is.</summary>
    public PlannedBlob Copy(long sourceOffset)
    {
        BlobRecord record = source.ReadRecord((ulong)sourceOffset, null);
        return GetOrAdd(sourceOffset, string.Empty, () => new PlannedBlob(record.DataType, record.PaddingBits, new CopiedPart(source.DataOf(record))));
    }

    /// <summary>Asks for the blob at an offset in another form.</summary>
    /// <param name="sourceOffset">Offset of the source's record.</param>
    /// <param name="form">Names the form; the same name means the same bytes.</param>
    /// <param name="create">Makes the blob the first time.</param>
    public PlannedBlob Replace(long sourceOffset, string form, Func<PlannedBlob> create) => GetOrAdd(sourceOffset, form, create);

    /// <summary>Fixes every blob's offset and returns the new file. All blobs still referred to have been asked for by then.</summary>
    /// <param name="referenced">Offsets of the blobs that the source refers to.</param>
    public FileLayout Layout(ISet<long> referenced)
    {
        // Both are in order.
        var planned = new List<PlannedForm>(_blobs.Keys);
        int next = 0;
        foreach (long offset in source.Walk() ?? [])
        {
            while (next < planned.Count && planned[next].SourceOffset < offset)
            {
                next++;
            }

            bool isPlanned = next < planned.Count && planned[next].SourceOffset == offset;
            if (!isPlanned && !referenced.Contains(offset))
            {
                Copy(offset);
            }
        }

        return LayOut(_blobs.Values);
    }

    /// <summary>A weight file with blobs in their order; fixes their offsets.</summary>
    public static FileLayout LayOut(IReadOnlyCollection<PlannedBlob> blobs)
    {
        var layout = new FileLayout();
        layout.Append(new LiteralPart(BlobRecord.Header(blobs.Count)));
        foreach (PlannedBlob blob in blobs)
        {
            layout.AlignTo(BlobRecord.Size);
            blob.Offset = layout.Length;
            layout.Append(new RecordPart(blob.Record));
            layout.Append(blob.Data);
        }

        return layout;
    }

    private PlannedBlob GetOrAdd(long sourceOffset, string form, Func<PlannedBlob> create)
    {
        var key = new PlannedForm(sourceOffset, form);
        if (!_blobs.TryGetValue(key, out PlannedBlob? blob))
        {
            blob = create();
            _blobs.Add(key, blob);
        }

        return blob;
    }
}

/// <summary>What is asked for: a blob of the source in a form.</summary>
/// <param name="SourceOffset">Offset of the source's record.</param>
/// <param name="Form">Names the form; empty for the blob as it is.</param>
internal sealed record PlannedForm(long SourceOffset, string Form);

/// <summary>Source order, then form by ordinal: the same on every machine and culture.</summary>
internal sealed class BlobOrder : IComparer<PlannedForm>
{
    /// <summary>The only instance.</summary>
    public static readonly BlobOrder Instance = new();

    public int Compare(PlannedForm? x, PlannedForm? y) =>
        x!.SourceOffset != y!.SourceOffset ? x.SourceOffset.CompareTo(y.SourceOffset) : string.CompareOrdinal(x.Form, y.Form);
}

/// <summary>A blob of a file to be written.</summary>
internal sealed class PlannedBlob(BlobDataType dataType, ulong paddingBits, OutputPart data)
{
    /// <summary>Offset of the record in the new file; known once the file is laid out.</summary>
    public long Offset { get; set; }

    /// <summary>The data.</summary>
    public OutputPart Data { get; } = data;

    /// <summary>The record in front of the data.</summary>
    public BlobRecord Record => new(dataType, Data.Length, Offset + BlobRecord.Size, paddingBits);
}
