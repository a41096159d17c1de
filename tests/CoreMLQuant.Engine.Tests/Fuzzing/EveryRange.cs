using System.Collections;
using System.Collections.Generic;
using System.Linq;
using CoreMLQuant.Recipes;

namespace CoreMLQuant.Tests.Fuzzing;

/// <summary>A range for every name that is asked for.</summary>
internal sealed class EveryRange : IReadOnlyDictionary<string, ActivationRange>
{
    private static readonly ActivationRange Range = new(-1, 3);

    public IEnumerable<string> Keys => [];

    public IEnumerable<ActivationRange> Values => [];

    public int Count => 0;

    public ActivationRange this[string key] => Range;

    public bool ContainsKey(string key) => true;

    public bool TryGetValue(string key, out ActivationRange value)
    {
        value = Range;
        return true;
    }

    public IEnumerator<KeyValuePair<string, ActivationRange>> GetEnumerator() => Enumerable.Empty<KeyValuePair<string, ActivationRange>>().GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
