using System;
using System.Collections.Generic;
using System.Linq;

namespace CoreMLQuant.Comparison;

/// <summary>Finds pairs in two lists by one key after the other; what has its counterpart is out of the game for later keys.</summary>
internal sealed class Counterparts<T>(IEnumerable<T> reference, IEnumerable<T> difference)
    where T : class
{
    private List<T> _reference = [.. reference];
    private List<T> _difference = [.. difference];

    /// <summary>What has no counterpart yet, of the reference.</summary>
    public IReadOnlyList<T> Reference => _reference;

    /// <summary>What has no counterpart yet, of the other.</summary>
    public IReadOnlyList<T> Difference => _difference;

    /// <summary>
    /// Pairs those of the same key. Several of one key are paired in their order when both sides have as many of them; when not,
    /// none of them is, because which one is missing cannot be told.
    /// </summary>
    /// <param name="keyOf">The key; <see langword="null"/> for what has none.</param>
    /// <param name="most">How many of one key are still told apart by their order.</param>
    public IReadOnlyList<(T Reference, T Difference)> Take(Func<T, string?> keyOf, int most = int.MaxValue)
    {
        Dictionary<string, List<T>> others = Groups(_difference, keyOf);
        var pairs = new List<(T Reference, T Difference)>();
        foreach (KeyValuePair<string, List<T>> group in Groups(_reference, keyOf))
        {
            if (group.Value.Count <= most && others.TryGetValue(group.Key, out List<T>? found) && found.Count == group.Value.Count)
            {
                pairs.AddRange(group.Value.Zip(found, (one, other) => (one, other)));
            }
        }

        var taken = new HashSet<T>(pairs.SelectMany(pair => new[] { pair.Reference, pair.Difference }), ReferenceIdentity.Instance);
        _reference = _reference.Where(item => !taken.Contains(item)).ToList();
        _difference = _difference.Where(item => !taken.Contains(item)).ToList();
        return pairs;
    }

    private static Dictionary<string, List<T>> Groups(IEnumerable<T> items, Func<T, string?> keyOf)
    {
        var groups = new Dictionary<string, List<T>>(StringComparer.Ordinal);
        foreach (T item in items)
        {
            if (keyOf(item) is { } key)
            {
                if (!groups.TryGetValue(key, out List<T>? group))
                {
                    groups.Add(key, group = []);
                }

                group.Add(item);
            }
        }

        return groups;
    }

    // Records compare by their contents; two weights with the same contents are two weights.
    private sealed class ReferenceIdentity : IEqualityComparer<T>
    {
        public static readonly ReferenceIdentity Instance = new();

        public bool Equals(T? x, T? y) => ReferenceEquals(x, y);

        public int GetHashCode(T obj) => System.Runtime.CompilerServices.RuntimeHelpers.GetHashCode(obj);
    }
}
