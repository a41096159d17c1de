using System.Collections.Generic;
using System.Linq;
using CoreMLQuant.Calibration.Inputs;
using CoreMLQuant.Models;
using CoreMLQuant.Planning;

namespace CoreMLQuant.Calibration.Collecting;

/// <summary>What calibration gave.</summary>
/// <param name="Statistics">The statistics.</param>
public sealed record CalibrationResult(CalibrationStatistics Statistics)
{
    private HashSet<WeightKey>? _weights;

    /// <summary>What the user should know, each a sentence without a full stop.</summary>
    public IReadOnlyList<string> Warnings => [.. SourceWarnings, .. Remarks.Warnings()];

    /// <summary>What happened beside it, each a sentence: weights without statistics and the reasons, or that statistics were read.</summary>
    public IReadOnlyList<string> Notes =>
    [
        .. SourceNotes,
        .. Left.Where(weight => IsMeant(WeightKey.Of(weight.Site))).Select(weight => $"No statistics of '{weight.Site.Name}': it {weight.Reason}."),
        .. Remarks.Notes(),
    ];

    /// <summary>Whether errors are compensated by the statistics.</summary>
    internal bool Compensates { get; init; } = true;

    /// <summary>Whether they come from a file, and nothing has looked at the samples that were given beside it.</summary>
    internal bool IsReused { get; init; }

    /// <summary>What the user should know of where they come from.</summary>
    internal IReadOnlyList<string> SourceWarnings { get; init; } = [];

    /// <summary>What else there is to say about that.</summary>
    internal IReadOnlyList<string> SourceNotes { get; init; } = [];

    /// <summary>Weights without statistics.</summary>
    internal IReadOnlyList<LeftWeight> Left { get; init; } = [];

    private StatisticsRemarks Remarks => new(Statistics, Compensates, IsMeant);

    /// <summary>The same for a plan: nothing is said of weights that it leaves as they are. Statistics are of all weights, so that other recipes can use them.</summary>
    /// <param name="plan">The plan.</param>
    public CalibrationResult For(CompressionPlan plan) =>
        For(plan.Weights.Where(weight => weight.Action == WeightAction.Convert).Select(weight => WeightKey.Of(weight.Site)));

    /// <summary>The same for some of the weights: nothing is said of others.</summary>
    /// <param name="weights">The weights.</param>
    public CalibrationResult For(IEnumerable<WeightKey> weights) => this with { _weights = [.. weights] };

    private bool IsMeant(WeightKey weight) => _weights?.Contains(weight) ?? true;
}
