using System.Collections.Generic;
using System.Linq;

namespace CoreMLQuant.Validation.Networks.Layers;

/// <summary>
/// What is known at a layer: the values made so far, by whom, and their ranks. A nested network sees what the networks around it have;
/// what it makes itself is its own until the layer that holds it takes it over.
/// </summary>
internal sealed class NetworkScope
{
    private readonly NetworkScope? _outer;
    private readonly Dictionary<string, HashSet<string>> _makers = [];
    private readonly Dictionary<string, int> _ranks = [];

    private NetworkScope(NetworkScope? outer, NetworkTraits traits, int loopDepth) => (_outer, Traits, LoopDepth) = (outer, traits, loopDepth);

    /// <summary>What holds for the whole network.</summary>
    public NetworkTraits Traits { get; }

    /// <summary>How many loops there are around.</summary>
    public int LoopDepth { get; }

    /// <summary>The names that are made in this scope itself.</summary>
    public IEnumerable<string> Own => _makers.Keys;

    /// <summary>All names that are known.</summary>
    public IEnumerable<string> All => _outer is null ? Own : Own.Concat(_outer.All);

    /// <summary>The scope of a whole network.</summary>
    public static NetworkScope Of(NetworkTraits traits)
    {
        var scope = new NetworkScope(null, traits, 0);
        foreach (KeyValuePair<string, int> rank in traits.InterfaceRanks)
        {
            scope._ranks.Add(rank.Key, rank.Value);
        }

        return scope;
    }

    /// <summary>A scope inside this one.</summary>
    /// <param name="isLoopBody">Whether it is the body of a loop.</param>
    public NetworkScope Inside(bool isLoopBody) => new(this, Traits, LoopDepth + (isLoopBody ? 1 : 0));

    /// <summary>Whether something makes a value.</summary>
    public bool Knows(string name) => _makers.ContainsKey(name) || (_outer?.Knows(name) ?? false);

    /// <summary>Who makes a value: names of layers.</summary>
    public IEnumerable<string> MakersOf(string name) =>
        (_makers.TryGetValue(name, out HashSet<string>? makers) ? makers : Enumerable.Empty<string>()).Concat(_outer?.MakersOf(name) ?? []).Distinct();

    /// <summary>Notes that a layer makes a value.</summary>
    public void Add(string name, string maker)
    {
        if (!_makers.TryGetValue(name, out HashSet<string>? makers))
        {
            _makers.Add(name, makers = []);
        }

        makers.Add(maker);
    }

    /// <summary>Takes over a value of a scope inside.</summary>
    public void TakeOver(string name, NetworkScope inner)
    {
        foreach (string maker in inner.MakersOf(name).ToArray())
        {
            Add(name, maker);
        }
    }

    /// <summary>The rank of a value; <see langword="null"/> when it is not known.</summary>
    public int? RankOf(string name) => _ranks.TryGetValue(name, out int rank) ? rank : _outer?.RankOf(name);

    /// <summary>Notes the rank of a value.</summary>
    public void SetRank(string name, int rank) => _ranks[name] = rank;
}
