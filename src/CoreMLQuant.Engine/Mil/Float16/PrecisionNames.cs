namespace CoreMLQuant.Mil.Float16;

/// <summary>What each value is called in FP16 and in FP32 while a program is being rewritten; the same where there is only one.</summary>
/// <param name="graph">The body.</param>
internal sealed class PrecisionNames(ProgramGraph graph)
{
    private readonly ValueTable<string> _names16 = new(graph), _names32 = new(graph);

    /// <summary>Whether a value has its names.</summary>
    public bool IsKnown(ValueNode value) => _names16[value] is not null;

    /// <summary>Names a value.</summary>
    public void Set(ValueNode value, string name16, string name32) => (_names16[value], _names32[value]) = (name16, name32);

    /// <summary>A value's name in a precision; its own as long as it has no other.</summary>
    public string Of(ValueNode value, bool use16) => (use16 ? _names16 : _names32)[value] ?? value.Name;
}
