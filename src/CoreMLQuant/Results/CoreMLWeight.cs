using CoreMLQuant.Models;

namespace CoreMLQuant.Results;

/// <summary>A weight of a model: its location, type and encoding, and the operation that uses it.</summary>
public sealed record CoreMLWeight : WeightDescription
{
    internal CoreMLWeight(WeightSite site)
        : base(site)
    {
    }
}
