namespace CoreMLQuant.Specification.Schema;

/// <content>A place for what a reader has found out.</content>
internal sealed partial class Value
{
    /// <summary>
    /// What the last reader noted, which alone knows what it means: programs have tens of thousands of values, and a table of them takes longer than
    /// reading them. No part of the message; copies do not have it. For one thread, as the message itself.
    /// </summary>
    public object? Note { get; set; }
}
