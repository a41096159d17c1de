using System.Collections.Generic;
using System.Runtime.CompilerServices;

namespace CoreMLQuant.Specification;

/// <summary>Protobuf messages compare by content, and two places may hold the same; to this comparer each message is itself.</summary>
internal sealed class MessageIdentity<T> : IEqualityComparer<T>
    where T : class
{
    /// <summary>The only instance.</summary>
    public static readonly MessageIdentity<T> Instance = new();

    public bool Equals(T? x, T? y) => ReferenceEquals(x, y);

    public int GetHashCode(T message) => RuntimeHelpers.GetHashCode(message);
}
