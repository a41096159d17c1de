using System.Collections.Generic;
using System.Linq;
using CoreMLQuant.Specification.Schema.Details;
using Kind = CoreMLQuant.Specification.Schema.Details.LayerDetails.LayerOneofCase;

namespace CoreMLQuant.Validation.Networks.Layers;

/// <summary>Rules for reductions.</summary>
internal static class ReductionLayers
{
    /// <summary>The rules.</summary>
    public static readonly LayerRule[] Rules =
    [
        new(1, Count.One, Count.One, Kind.Reduce) { FurtherRanks = Reduce },
        new(4, Count.One, Count.One, Kind.ReduceL1, Kind.ReduceL2, Kind.ReduceMax, Kind.ReduceMin, Kind.ReduceSum, Kind.ReduceProd, Kind.ReduceMean, Kind.ReduceLogSum, Kind.ReduceSumSquare, Kind.ReduceLogSumExp)
        {
            Settings = layer => (Axes(layer.Details)?.Axes ?? []).SelectMany(axis => Settings.AxisWithin(layer, axis)),
        },
        new(4, Count.One, Count.One, Kind.ArgMax) { FurtherRanks = layer => Argument(layer, layer.Details.ArgMax), Settings = layer => Settings.AxisWithin(layer, layer.Details.ArgMax.Axis) },
        new(4, Count.One, Count.One, Kind.ArgMin) { FurtherRanks = layer => Argument(layer, layer.Details.ArgMin), Settings = layer => Settings.AxisWithin(layer, layer.Details.ArgMin.Axis) },
    ];

    // Axes of a reduction of the first systems, by number, and how many of the last axes each takes.
    private static readonly int[] AxesTaken = [3, 2, 1, 1, 1];

    private static IEnumerable<string> Reduce(LayerContext layer)
    {
        int axis = layer.Details.Reduce.Axis;
        if (layer.StatedInputRank is not { } rank)
        {
            return [];
        }

        int needed = axis >= 0 && axis < AxesTaken.Length ? AxesTaken[axis] : 0;
        return Settings.SameRank(layer.InputRank(0), layer.OutputRank(0), "input and output")
            .Concat(LayerContext.Unmet((rank >= needed, $"the input has rank {rank}; the axes that are reduced need {needed}.")));
    }

    private static IEnumerable<string> Argument(LayerContext layer, ArgumentDetails settings) =>
        settings.RemoveDim ? [] : Settings.SameRank(layer.InputRank(0), layer.OutputRank(0), "input and output");

    private static ReduceAxesDetails? Axes(LayerDetails details) => details.LayerCase switch
    {
        Kind.ReduceL1 => details.ReduceL1,
        Kind.ReduceL2 => details.ReduceL2,
        Kind.ReduceMax => details.ReduceMax,
        Kind.ReduceMin => details.ReduceMin,
        Kind.ReduceSum => details.ReduceSum,
        Kind.ReduceProd => details.ReduceProd,
        Kind.ReduceMean => details.ReduceMean,
        Kind.ReduceLogSum => details.ReduceLogSum,
        Kind.ReduceSumSquare => details.ReduceSumSquare,
        Kind.ReduceLogSumExp => details.ReduceLogSumExp,
        _ => null,
    };
}
