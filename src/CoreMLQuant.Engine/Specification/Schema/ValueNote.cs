namespace CoreMLQuant.Specification.Schema;

/// <content>A place for what a reader has found out.</content>
internal sealed partial class Value
{
    /// <summary>
    /// What the last reader noted, which alone knows what it means: programs have tens of thousands of values, and a table of them takes longer than
    /// reading them. No part of the message; copies do not have it. Several threads may note the same.
    /// </summary>
    public object? Note { get; set; }
}

/// <content>A place for what a reader has found out.</content>
internal sealed partial class Program
{
    /// <summary>What readers that share the program note, which alone know what it means. No part of the message; copies do not have it.</summary>
    public object? Note { get; set; }
}

/// <content>A place for what a reader has found out.</content>
internal sealed partial class ValueType
{
    /// <summary>What the first reader noted, which alone knows what it means: types are shared by many values, and not changed in place. No part of the message.</summary>
    public object? Note { get; set; }
}
