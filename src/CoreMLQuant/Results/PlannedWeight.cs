using CoreMLQuant.Models;
using CoreMLQuant.Planning;

namespace CoreMLQuant.Results;

/// <summary>What a conversion would do to one weight.</summary>
public sealed record PlannedWeight
{
    internal PlannedWeight(WeightPlan plan)
    {
        WeightSite site = plan.Site;
        Name = site.Name;
        Stage = site.Stage;
        Function = site.Function;
        OpType = site.OpType;
        OpName = site.OpName;
        Action = plan.Action.ToString();
        EncodingBefore = site.EncodingName;
        EncodingAfter = plan.Encoding;
        ElementCount = site.ElementCount;
        Before = plan.SizeBefore;
        After = plan.SizeAfter;
        ExpectedSnr = plan.ExpectedSnr;
        Reason = plan.Reason;
    }

    /// <inheritdoc cref="WeightSite.Name"/>
    public string Name { get; }

    /// <inheritdoc cref="WeightSite.Stage"/>
    public string Stage { get; }

    /// <inheritdoc cref="WeightSite.Function"/>
    public string Function { get; }

    /// <inheritdoc cref="WeightSite.OpType"/>
    public string OpType { get; }

    /// <inheritdoc cref="WeightSite.OpName"/>
    public string OpName { get; }

    /// <summary>Convert or skip: the name of a <see cref="WeightAction"/>.</summary>
    public string Action { get; }

    /// <summary>The encoding now, e.g. <c>Float32</c>.</summary>
    public string EncodingBefore { get; }

    /// <summary>The encoding afterwards, e.g. <c>Linear 8-bit</c>; the current one when the weight is skipped.</summary>
    public string EncodingAfter { get; }

    /// <summary>Number of values.</summary>
    public long ElementCount { get; }

    /// <summary>Bytes of its data now.</summary>
    public long Before { get; }

    /// <summary>Bytes of its data afterwards.</summary>
    public long After { get; }

    /// <inheritdoc cref="WeightPlan.ExpectedSnr"/>
    public double? ExpectedSnr { get; }

    /// <summary>Why it is skipped, or a remark; empty otherwise.</summary>
    public string Reason { get; }

    /// <summary>Name and encodings, or the reason why it is skipped.</summary>
    public override string ToString() => Action == nameof(WeightAction.Convert) ? $"{Name}: {EncodingBefore} -> {EncodingAfter}" : $"{Name}: skipped, {Reason}";
}
