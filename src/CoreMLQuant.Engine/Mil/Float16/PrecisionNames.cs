using System.Collections.Generic;

namespace CoreMLQuant.Mil.Float16;

/// <summary>What each value is called in FP16 and in FP32 while a program is being rewritten; the same where there is only one.</summary>
internal sealed class PrecisionNames
{
    private readonly Dictionary<ValueNode, (string Name16, string Name32)> _names = [];

    /// <summary>Whether a value has its names.</summary>
    public bool IsKnown(ValueNode value) => _names.ContainsKey(value);

    /// <summary>Names a value.</summary>
    public void Set(ValueNode value, string name16, string name32) => _names[value] = (name16, name32);

    /// <summary>A value's name in a precision; its own as long as it has no other.</summary>
    public string Of(ValueNode value, bool use16) =>
        _names.TryGetValue(value, out (string Name16, string Name32) names) ? (use16 ? names.Name16 : names.Name32) : value.Name;
}
