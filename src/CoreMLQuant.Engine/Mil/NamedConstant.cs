using CoreMLQuant.Specification.Schema;

namespace CoreMLQuant.Mil;

/// <summary>Makes constants.</summary>
internal static class NamedConstant
{
    /// <summary>A <c>const</c>.</summary>
    /// <param name="name">Its name and that of its value.</param>
    /// <param name="value">The value.</param>
    public static Operation Of(string name, Value value) => new()
    {
        Type = "const",
        Outputs = { new NamedValueType { Name = name, Type = value.Type.Clone() } },
        Attributes = { ["name"] = MilTypes.Text(name), ["val"] = value },
    };
}
