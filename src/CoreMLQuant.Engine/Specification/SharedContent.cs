using System;

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

    private Entry[] _entries = new Entry[256];
    private int[] _first = NewTable(256);
    private byte[] _contents = new byte[4096];
    private int _count;
    private int _contentLength;

    /// <summary>The object of some bytes.</summary>
    public T Of(ReadOnlySpan<byte> content)
    {
        if (content.Length > MaxLength)
        {
            return read(content);
        }

        uint hash = Hash(content);
        int chain = 0;
        for (int i = _first[hash & (uint)(_first.Length - 1)]; i >= 0; i = _entries[i].Next)
        {
            ref readonly Entry entry = ref _entries[i];
            if (entry.Hash == hash && content.SequenceEqual(_contents.AsSpan(entry.Start, entry.Length)))
            {
                return entry.Item;
            }

            chain++;
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
        if (_count == _entries.Length)
        {
            Grow();
        }

        if (_contents.Length - _contentLength < content.Length)
        {
            Array.Resize(ref _contents, _contents.Length * 2);
        }

        content.CopyTo(_contents.AsSpan(_contentLength));
        ref int first = ref _first[hash & (uint)(_first.Length - 1)];
        _entries[_count] = new Entry(hash, _contentLength, content.Length, first, item);
        first = _count++;
        _contentLength += content.Length;
    }

    private void Grow()
    {
        Array.Resize(ref _entries, _count * 2);
        _first = NewTable(_entries.Length);
        for (int i = 0; i < _count; i++)
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

    /// <summary>An object and its bytes, <paramref name="Length"/> from <paramref name="Start"/> on in the table of all.</summary>
    private readonly record struct Entry(uint Hash, int Start, int Length, int Next, T Item);
}
