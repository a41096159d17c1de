using System;
using System.Collections.Generic;
using System.Linq;
using CoreMLQuant.Elements;

namespace CoreMLQuant.Mil.Shapes;

/// <summary>Names of element types as settings of operations, e.g. the <c>dtype</c> of a cast.</summary>
internal static class ElementTypeNames
{
    private static readonly Dictionary<string, ElementType> ByName = Enum.GetValues(typeof(ElementType)).Cast<ElementType>()
        .Where(type => type != ElementType.Unknown)
        .ToDictionary(MilTypes.Spelling, StringComparer.Ordinal);

    /// <summary>The type of a name; <see langword="null"/> when there is none.</summary>
    public static ElementType? Find(string name) => ByName.TryGetValue(name, out ElementType type) ? type : null;
}
