using System;
using System.Collections.Generic;
using System.Linq;
using CoreMLQuant.Editing.Plans;
using CoreMLQuant.Specification.Schema;

namespace CoreMLQuant.Editing.Descriptions;

/// <summary>Edits what a model says of itself: author, license, description, version and metadata of its user's own.</summary>
internal sealed class MetadataEditor
{
    private readonly EditBuilder _builder;
    private readonly ModelDescription _description;

    public MetadataEditor(EditBuilder builder)
    {
        _builder = builder;
        _description = builder.Specification.Description ??= new ModelDescription();
    }

    private Metadata? Metadata => _description.Metadata;

    /// <summary>Sets a text.</summary>
    /// <param name="what">What it is.</param>
    /// <param name="text">The text; empty to remove it, <see langword="null"/> to keep it.</param>
    /// <param name="get">Reads it.</param>
    /// <param name="set">Writes it.</param>
    public void Set(string what, string? text, Func<Metadata, string> get, Action<Metadata, string> set)
    {
        string before = Metadata is null ? string.Empty : get(Metadata);
        if (text is not null && text != before)
        {
            set(_description.Metadata ??= new Metadata(), text);
            _builder.Add(what, string.Empty, before, text);
        }
    }

    /// <summary>Adds or replaces metadata.</summary>
    public void Set(IReadOnlyDictionary<string, string> entries)
    {
        foreach (KeyValuePair<string, string> entry in entries)
        {
            string? before = Metadata is not null && Metadata.UserDefined.TryGetValue(entry.Key, out string? value) ? value : null;
            if (before != entry.Value)
            {
                (_description.Metadata ??= new Metadata()).UserDefined[entry.Key] = entry.Value;
                _builder.Add("metadata", entry.Key, before ?? string.Empty, entry.Value);
            }
        }
    }

    /// <summary>Removes metadata; a key that is not there is noted.</summary>
    public void Remove(IEnumerable<string> keys)
    {
        foreach (string key in keys.Distinct())
        {
            if (Metadata is not null && Metadata.UserDefined.TryGetValue(key, out string? value))
            {
                Metadata.UserDefined.Remove(key);
                _builder.Add("metadata", key, value, string.Empty);
            }
            else
            {
                _builder.Note($"there is no metadata '{key}'");
            }
        }
    }
}
