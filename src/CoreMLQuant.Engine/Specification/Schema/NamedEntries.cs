using System.Collections;
using System.Collections.Generic;
using System.Diagnostics.CodeAnalysis;
using System.Linq;
using Google.Protobuf.Collections;

namespace CoreMLQuant.Specification.Schema;

/// <summary>An entry of a map on the wire.</summary>
internal interface INamedEntry<T>
{
    /// <summary>The name.</summary>
    string Key { get; set; }

    /// <summary>What it names.</summary>
    T Value { get; set; }
}

/// <summary>
/// Entries by name, kept as the list they are on the wire, in its order. An operation has a handful, so looking through
/// them is quicker than a table, and a program of thousands of operations stays small.
/// </summary>
internal sealed class NamedEntries<TEntry, T>(RepeatedField<TEntry> entries) : IEnumerable<KeyValuePair<string, T>>
    where TEntry : class, INamedEntry<T>, new()
{
    /// <summary>What the entries name, in order.</summary>
    public IEnumerable<T> Values => this.Select(entry => entry.Value);

    /// <summary>What a name stands for; setting one that is not there adds it at the end.</summary>
    /// <exception cref="KeyNotFoundException">There is no such name.</exception>
    public T this[string name]
    {
        get => Find(name) is { } entry ? entry.Value : throw new KeyNotFoundException($"There is no '{name}'.");
        set
        {
            if (Find(name) is { } entry)
            {
                entry.Value = value;
            }
            else
            {
                entries.Add(new TEntry { Key = name, Value = value });
            }
        }
    }

    /// <summary>Whether a name is there.</summary>
    public bool ContainsKey(string name) => Find(name) is not null;

    /// <summary>What a name stands for, if it is there.</summary>
    public bool TryGetValue(string name, [NotNullWhen(true)] out T? value)
    {
        TEntry? entry = Find(name);
        value = entry is null ? default : entry.Value;
        return value is not null;
    }

    /// <summary>Takes a name out.</summary>
    public void Remove(string name)
    {
        for (int i = entries.Count - 1; i >= 0; i--)
        {
            if (entries[i].Key == name)
            {
                entries.RemoveAt(i);
            }
        }
    }

    /// <summary>Takes all out.</summary>
    public void Clear() => entries.Clear();

    /// <summary>The entries in order.</summary>
    public IEnumerator<KeyValuePair<string, T>> GetEnumerator()
    {
        for (int i = 0; i < entries.Count; i++)
        {
            // A damaged file may name something and not say what it is.
            if (entries[i].Value is { } value)
            {
                yield return new KeyValuePair<string, T>(entries[i].Key, value);
            }
        }
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private TEntry? Find(string name) => Find(entries, name);

    /// <summary>The first entry of a name.</summary>
    public static TEntry? Find(RepeatedField<TEntry> entries, string name)
    {
        for (int i = 0; i < entries.Count; i++)
        {
            if (entries[i].Key == name)
            {
                return entries[i];
            }
        }

        return null;
    }
}

/// <content>Inputs and attributes by name.</content>
internal sealed partial class Operation
{
    /// <summary>Arguments by parameter.</summary>
    public NamedEntries<InputEntry, Argument> Inputs => new(InputEntries);

    /// <summary>Attributes by name.</summary>
    public NamedEntries<AttributeEntry, Value> Attributes => new(AttributeEntries);

    /// <summary>The value of an attribute; <see langword="null"/> when there is none, or nothing is given for it.</summary>
    public Value? Attribute(string name) => NamedEntries<AttributeEntry, Value>.Find(AttributeEntries, name)?.Value;

    /// <summary>Whether there is an attribute of a name.</summary>
    public bool HasAttribute(string name) => NamedEntries<AttributeEntry, Value>.Find(AttributeEntries, name) is not null;

    /// <summary>Whether there is an input of a name.</summary>
    public bool HasInput(string name) => NamedEntries<InputEntry, Argument>.Find(InputEntries, name) is not null;
}

/// <content>An entry.</content>
internal sealed partial class InputEntry : INamedEntry<Argument>;

/// <content>An entry.</content>
internal sealed partial class AttributeEntry : INamedEntry<Value>;
