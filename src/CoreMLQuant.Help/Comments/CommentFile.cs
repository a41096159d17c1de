using System;
using System.Collections.Generic;
using System.Linq;
using System.Reflection;
using System.Xml.Linq;

namespace CoreMLQuant.Help.Comments;

/// <summary>The XML comments of assemblies, as the compiler writes them.</summary>
internal sealed class CommentFile
{
    private readonly Dictionary<string, XElement> _members;

    private CommentFile(Dictionary<string, XElement> members) => _members = members;

    /// <summary>Reads the comment files of several assemblies.</summary>
    public static CommentFile Read(IEnumerable<string> paths) => new(paths
        .SelectMany(path => XDocument.Load(path).Descendants("member"))
        .DistinctBy(member => (string)member.Attribute("name")!)
        .ToDictionary(member => (string)member.Attribute("name")!));

    /// <summary>The paragraphs of the summary of a type.</summary>
    public IReadOnlyList<string> SummaryOf(Type type) => Paragraphs("T:" + NameOf(type), "summary");

    /// <summary>The paragraphs of the summary of a value of an enumeration.</summary>
    public IReadOnlyList<string> SummaryOf(FieldInfo field) => Paragraphs($"F:{NameOf(field.DeclaringType!)}.{field.Name}", "summary");

    /// <summary>The paragraphs of the summary of a property.</summary>
    public IReadOnlyList<string> SummaryOf(PropertyInfo property) => Inherited(property, "summary");

    /// <summary>What a comment says in <c>value</c>: the default, where the code's own value does not tell it.</summary>
    public string? ValueOf(PropertyInfo property) => Inherited(property, "value") is { Count: > 0 } text ? string.Join(' ', text) : null;

    // An override that says nothing means what it overrides.
    private IReadOnlyList<string> Inherited(PropertyInfo property, string element)
    {
        for (Type? type = property.DeclaringType; type is not null; type = type.BaseType)
        {
            if (Paragraphs($"P:{NameOf(type)}.{property.Name}", element) is { Count: > 0 } found)
            {
                return found;
            }
        }

        return [];
    }

    private IReadOnlyList<string> Paragraphs(string id, string element) =>
        _members.TryGetValue(id, out XElement? member) && member.Element(element) is { } comment ? CommentText.Paragraphs(comment) : [];

    private static string NameOf(Type type) => (type.FullName ?? type.Name).Replace('+', '.');
}
