namespace CoreMLQuant.Mil;

/// <summary>Something for each operation of a body, found by the operation's number: a table of hashes takes several times as long and as much memory.</summary>
/// <param name="graph">The body.</param>
internal sealed class OperationTable<T>(ProgramGraph graph)
    where T : class
{
    private readonly T?[] _items = new T?[graph.Operations.Count];

    /// <summary>What there is for an operation of the body; <see langword="null"/> where nothing was set.</summary>
    public T? this[OperationNode operation]
    {
        get => _items[operation.Number];
        set => _items[operation.Number] = value;
    }
}

/// <summary>Something for each value of a body, found by the value's number.</summary>
/// <param name="graph">The body.</param>
internal sealed class ValueTable<T>(ProgramGraph graph)
    where T : class
{
    private readonly T?[] _items = new T?[graph.Values.Count];

    /// <summary>What there is for a value of the body; <see langword="null"/> where nothing was set.</summary>
    public T? this[ValueNode node]
    {
        get => _items[node.Number];
        set => _items[node.Number] = value;
    }
}
