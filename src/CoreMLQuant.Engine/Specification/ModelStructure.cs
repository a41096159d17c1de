using System;
using System.Buffers;
using System.Collections.Generic;
using System.Threading;
using CoreMLQuant.Errors;
using CoreMLQuant.Files;

namespace CoreMLQuant.Specification;

/// <summary>A specification without its big fields, in memory, and the open files that those stand in.</summary>
internal sealed class ModelStructure : IDisposable
{
    private readonly IReadOnlyList<SourceFile> _files;
    private ArraySegment<byte> _bytes;
    private byte[]? _rented;

    /// <summary>Takes a structure over.</summary>
    /// <param name="bytes">The structure as protobuf.</param>
    /// <param name="payloads">The big fields.</param>
    /// <param name="files">The files that it was read from, the one that errors name first; they are closed with it.</param>
    public ModelStructure(ArraySegment<byte> bytes, DetachedPayloads payloads, IReadOnlyList<SourceFile> files)
    {
        _bytes = bytes;
        _files = files;
        Payloads = payloads;
    }

    /// <summary>The big fields.</summary>
    public DetachedPayloads Payloads { get; }

    /// <summary>Reads a specification.</summary>
    /// <param name="path">Full path of its file.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    /// <exception cref="CoreMLFormatException">The file is no Core ML specification.</exception>
    public static ModelStructure Read(string path, CancellationToken cancellationToken)
    {
        var file = new SourceFile(path);
        try
        {
            var payloads = new DetachedPayloads();
            ArraySegment<byte> structure = SpecificationReader.ReadStructure(file, payloads, cancellationToken);
            return new ModelStructure(structure, payloads, [file]) { _rented = structure.Array };
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Makes messages of the structure; each call makes new ones.</summary>
    /// <exception cref="CoreMLFormatException">The structure holds no model.</exception>
    /// <exception cref="ObjectDisposedException">It has been disposed.</exception>
    public Schema.Model Parse() => _bytes.Array is null ? throw new ObjectDisposedException(nameof(ModelStructure)) : SpecificationReader.Parse(_bytes, _files[0]);

    /// <summary>Closes the files and lets the structure go.</summary>
    public void Dispose()
    {
        _bytes = default;
        if (Interlocked.Exchange(ref _rented, null) is { } rented)
        {
            ArrayPool<byte>.Shared.Return(rented);
        }

        foreach (SourceFile file in _files)
        {
            file.Dispose();
        }
    }
}
