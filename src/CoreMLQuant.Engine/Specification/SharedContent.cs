using System;
using System.Collections.Generic;
using CoreMLQuant.Collections;

namespace CoreMLQuant.Specification;

/// <summary>
/// One object for all places where a file has the same bytes: the names and types of a program, of which nearly all occur several times.
/// </summary>
/// <param name="read">Makes the object of bytes that have not been met.</param>
internal sealed class SharedContent<T>(SharedContent<T>.Reader read)
    where T : class
{
    /// <summary>Makes an object of bytes.</summary>
    public delegate T Reader(ReadOnlySpan<byte> content);

    // What is longer is no name, and hardly there twice.
    private const int MaxLength = 512;

    // A file may be made so that its names collide; they are only shared less then.
    private const int MaxChain = 16;

    private const int ContentLength = 32 << 10;

    private readonly SegmentedList<Entry> _entries = new();
    private readonly List<byte[]> _contents = [];
    private int[] _first = NewTable(1024);
    private int _contentLength = ContentLength;

    /// <summary>The object of some bytes.</summary>
    public T Of(ReadOnlySpan<byte> content)
    {
        if (content.Length > MaxLength)
        {
            return read(content);
        }

        uint hash = Hash(content);
        int chain = 0;
        for (int i = _first[hash & (uint)(_first.Length - 1)]; i >= 0; chain++)
        {
            Entry entry = _entries[i];
            if (entry.Hash == hash && content.SequenceEqual(_contents[entry.Page].AsSpan(entry.Start, entry.Length)))
            {
                return entry.Item;
            }

            i = entry.Next;
        }

        T item = read(content);
        if (chain < MaxChain)
        {
            Add(hash, content, item);
        }

        return item;
    }

    private void Add(uint hash, ReadOnlySpan<byte> content, T item)
    {
        if (_entries.Count == _first.Length)
        {
            Grow();
        }

        if (ContentLength - _contentLength < content.Length)
        {
            _contents.Add(new byte[ContentLength]);
            _contentLength = 0;
        }

        content.CopyTo(_contents[_contents.Count - 1].AsSpan(_contentLength));
        ref int first = ref _first[hash & (uint)(_first.Length - 1)];
        _entries.Add(new Entry(hash, (ushort)_contentLength, (ushort)content.Length, _contents.Count - 1, first, item));
        first = _entries.Count - 1;
        _contentLength += content.Length;
    }

    private void Grow()
    {
        _first = NewTable(_first.Length * 2);
        for (int i = 0; i < _entries.Count; i++)
        {
            ref int first = ref _first[_entries[i].Hash & (uint)(_first.Length - 1)];
            _entries[i] = _entries[i] with { Next = first };
            first = i;
        }
    }

    private static int[] NewTable(int length)
    {
        int[] table = new int[length];
        table.AsSpan().Fill(-1);
        return table;
    }

    private static uint Hash(ReadOnlySpan<byte> content)
    {
        // FNV-1a, with its high bits mixed into those that choose the chain.
        uint hash = 2166136261;
        foreach (byte b in content)
        {
            hash = (hash ^ b) * 16777619;
        }

        return hash ^ (hash >> 15);
    }

    /// <summary>An object and its bytes: <paramref name="Length"/> from <paramref name="Start"/> on, on one of the pages that hold all of them.</summary>
    private readonly record struct Entry(uint Hash, ushort Start, ushort Length, int Page, int Next, T Item);
}
