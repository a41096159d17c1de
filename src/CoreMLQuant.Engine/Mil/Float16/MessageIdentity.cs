using System.Collections.Generic;
using System.Runtime.CompilerServices;
using CoreMLQuant.Specification.Schema;

namespace CoreMLQuant.Mil.Float16;

/// <summary>Protobuf messages compare by content, and two operations may have the same; here each one is itself.</summary>
internal sealed class MessageIdentity : IEqualityComparer<Operation>
{
    /// <summary>The only instance.</summary>
    public static readonly MessageIdentity Instance = new();

    public bool Equals(Operation? x, Operation? y) => ReferenceEquals(x, y);

    public int GetHashCode(Operation operation) => RuntimeHelpers.GetHashCode(operation);
}
