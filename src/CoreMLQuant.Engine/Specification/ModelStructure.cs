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
    private readonly object _gate = new();
    private readonly IReadOnlyList<SourceFile> _files;
    private readonly bool _isRead;
    private ArraySegment<byte> _bytes;
    private bool _isDisposed;

    private ModelStructure(ArraySegment<byte> bytes, DetachedPayloads payloads, IReadOnlyList<SourceFile> files, bool isRead)
    {
        _bytes = bytes;
        _files = files;
        _isRead = isRead;
        Payloads = payloads;
    }

    /// <summary>Takes a structure over.</summary>
    /// <param name="bytes">The structure as protobuf.</param>
    /// <param name="payloads">The big fields.</param>
    /// <param name="files">The files that it was read from, the one that errors name first; they are closed with it.</param>
    public ModelStructure(ArraySegment<byte> bytes, DetachedPayloads payloads, IReadOnlyList<SourceFile> files)
        : this(bytes, payloads, files, isRead: false)
    {
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
            return new ModelStructure(SpecificationReader.ReadStructure(file, payloads, cancellationToken), payloads, [file], isRead: true);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Makes messages of the structure; each call makes new ones. For any thread.</summary>
    /// <exception cref="CoreMLFormatException">The structure holds no model.</exception>
    /// <exception cref="ObjectDisposedException">It has been disposed.</exception>
    public Schema.Model Parse()
    {
        lock (_gate)
        {
            if (_isDisposed)
            {
                throw new ObjectDisposedException(nameof(ModelStructure));
            }

            if (_bytes.Array is null)
            {
                // The big fields are the same again, and so are their tokens.
                _bytes = SpecificationReader.ReadStructure(_files[0], new DetachedPayloads());
            }

            try
            {
                return SpecificationReader.Parse(_bytes, _files[0]);
            }
            finally
            {
                // Messages are rarely made twice, and take several times as much as a structure that stays beside them.
                if (_bytes.Count > SpecificationCondenser.LongestPooled)
                {
                    GiveBack();
                }
            }
        }
    }

    /// <summary>Closes the files and lets the structure go.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _isDisposed = true;
            GiveBack();
            _bytes = default;
        }

        foreach (SourceFile file in _files)
        {
            file.Dispose();
        }
    }

    private void GiveBack()
    {
        if (_isRead && _bytes.Array is { } array)
        {
            if (_bytes.Count <= SpecificationCondenser.LongestPooled)
            {
                ArrayPool<byte>.Shared.Return(array);
            }

            _bytes = default;
        }
    }
}
