using System;
using System.Collections.Generic;
using Kind = CoreMLQuant.Specification.Schema.Details.LayerDetails.LayerOneofCase;

namespace CoreMLQuant.Validation.Networks.Layers;

/// <summary>What is asked of layers of certain kinds. Source: Apple's validator of layers, and the format's definition.</summary>
/// <param name="Since">The specification version that added them.</param>
/// <param name="Inputs">How many inputs they take.</param>
/// <param name="Outputs">How many outputs they have.</param>
/// <param name="Kinds">The kinds.</param>
internal sealed record LayerRule(int Since, Count Inputs, Count Outputs, params Kind[] Kinds)
{
    // Networks of systems before this version have five axes everywhere.
    private const int FirstVersionOfAnyRank = 4;

    /// <summary>Ranks of the first input and the first output, where any rank is allowed.</summary>
    public RankRule Ranks { get; init; } = RankRule.Any;

    /// <summary>What else is asked of ranks, where any rank is allowed.</summary>
    public Func<LayerContext, IEnumerable<string>> FurtherRanks { get; init; } = _ => [];

    /// <summary>What is asked of settings; each sentence is a finding.</summary>
    public Func<LayerContext, IEnumerable<string>> Settings { get; init; } = _ => [];

    /// <summary>The version that a layer needs, when its settings decide.</summary>
    public Func<LayerContext, int>? SinceBySettings { get; init; }

    /// <summary>The least version that has a layer as it is set.</summary>
    public int VersionOf(LayerContext layer) => SinceBySettings?.Invoke(layer) ?? Since;

    /// <summary>Whether a layer works where every value has five axes.</summary>
    public bool IsOfFixedRank(LayerContext layer) => VersionOf(layer) < FirstVersionOfAnyRank;
}

/// <summary>How many of something there may be.</summary>
/// <param name="Least">The fewest.</param>
/// <param name="Most">The most; <see langword="null"/> for no bound.</param>
internal readonly record struct Count(int Least, int? Most)
{
    /// <summary>Any number: the format does not look.</summary>
    public static readonly Count Any = new(0, null);

    /// <summary>Exactly one.</summary>
    public static readonly Count One = new(1, 1);

    /// <summary>Exactly two.</summary>
    public static readonly Count Two = new(2, 2);

    /// <summary>At least one.</summary>
    public static readonly Count Some = new(1, null);

    /// <summary>At least two.</summary>
    public static readonly Count Several = new(2, null);

    /// <summary>Whether a number is allowed.</summary>
    public bool Allows(int number) => number >= Least && number <= (Most ?? int.MaxValue);

    /// <summary>E.g. <c>exactly 1</c>, <c>1 to 3</c>, <c>at least 2</c>.</summary>
    public override string ToString() => Most is not { } most ? $"at least {Least}" : most == Least ? $"exactly {Least}" : $"{Least} to {most}";
}

/// <summary>What is asked of the ranks of a layer's first input and first output.</summary>
/// <param name="Equal">Both have the same.</param>
/// <param name="Least">The least rank of each.</param>
/// <param name="Most">The highest rank of each; <see langword="null"/> for no bound.</param>
internal readonly record struct RankRule(bool Equal, int Least, int? Most)
{
    /// <summary>Nothing is asked.</summary>
    public static readonly RankRule Any = new(false, 0, null);

    /// <summary>Both have the same.</summary>
    public static readonly RankRule Same = new(true, 0, null);

    /// <summary>The five axes of the first systems: sequence, batch, channel, height, width.</summary>
    public static readonly RankRule Five = new(true, 5, 5);

    /// <summary>Both have the same, and at least so many.</summary>
    public static RankRule From(int least) => new(true, least, null);
}
