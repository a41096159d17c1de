using System.Collections.Generic;
using System.Linq;
using System.Threading;
using CoreMLQuant.Coding;
using CoreMLQuant.Mil.Decoding;
using CoreMLQuant.Models;
using CoreMLQuant.Planning;
using CoreMLQuant.Recipes;
using CoreMLQuant.Specification.Schema;
using CoreMLQuant.Tensors;
using CoreMLQuant.Tensors.Clustering;

namespace CoreMLQuant.Mil.Compression;

/// <summary>A weight that may be compressed: what can be known of it without reading it, and then what a look at all its values finds.</summary>
/// <param name="Node">The operation that makes it.</param>
/// <param name="Site">Where it is.</param>
/// <param name="Steps">The recipes that it gets.</param>
/// <param name="Axes">Its channels.</param>
/// <param name="Stored">The tensor that its new parts take the place of.</param>
/// <param name="Reference">The value that refers to that tensor.</param>
/// <param name="Decoded">Its values.</param>
/// <param name="Remark">What the reader should know of the choice of its recipes.</param>
internal sealed record WeightCandidate(
    OperationNode Node,
    WeightSite Site,
    WeightSteps Steps,
    ChannelAxes Axes,
    TensorData Stored,
    Value Reference,
    DecodedWeight Decoded,
    string Remark)
{
    /// <summary>Its dimensions.</summary>
    public IReadOnlyList<long> Shape => Site.Shape;

    /// <summary>What is known of the inputs of its layer, whatever the method.</summary>
    public LayerKnowledge Knowledge { get; init; } = LayerKnowledge.None;

    /// <summary>The bias beside it; <see langword="null"/> where there is none that it could correct.</summary>
    public BiasTarget? Bias { get; init; }

    /// <summary>Number of the opset that it is written in: the program's, or a newer one where that is allowed.</summary>
    public int Opset { get; init; }

    /// <summary>Whether the opset nests compressed constants and has 3-bit indices.</summary>
    public bool CanNest => Opset >= EncodingNeed.Nesting;

    /// <summary>Groups of the convolution that uses it; 1 elsewhere.</summary>
    public long ConvolutionGroups => Node.Outputs[0].Uses
        .Where(use => use.Consumer.Type is "conv" or "conv_transpose")
        .Select(use => use.Consumer.Parameter("groups")?.ImmediateValue?.Tensor?.Ints is { Values.Count: 1 } groups ? groups.Values[0] : 1L)
        .DefaultIfEmpty(1)
        .Max();

    /// <summary>Whether all values are finite.</summary>
    public bool IsFinite { get; private set; }

    /// <summary>Prunes it, where that is asked for and possible.</summary>
    public PrunerChoice Pruner { get; } = Steps.Pruning is { } pruning ? PrunerChoice.Of(pruning, Node, Site.Shape) : default;

    /// <summary>Zeros that it has, after pruning.</summary>
    public long ZeroCount { get; private set; }

    /// <summary>Whether pruning makes zeros that it does not have.</summary>
    public bool GainsZeros { get; private set; }

    /// <summary>Whether nothing is left of it.</summary>
    public bool IsAllZero => ZeroCount == Site.ElementCount;

    /// <summary>How its lookup tables lie over it, where it gets any.</summary>
    public BlockShape Groups { get; } = Steps.Palettization is { } palette ? BlockShape.Of(palette, Site.Shape, Axes) : default;

    /// <summary>Most distinct values in a group, where a table of them is asked for; more than 256 count as 257.</summary>
    public int DistinctCount { get; private set; }

    /// <summary>Whether a scale stands for a block, not for a channel or for all of it.</summary>
    public bool IsQuantizedInBlocks =>
        Steps is { Quantization: { } linear, Palettization: null } && Decoded.Palettized is null && BlockShape.Of(linear, Shape, Axes).IsPerBlock;

    /// <summary>The same for a weight whose data stand for other weights, too: whatever is known of its inputs does not hold for theirs.</summary>
    public WeightCandidate AsShared() => Knowledge.Layer is null ? this : this with { Knowledge = LayerKnowledge.Shared, Bias = null };

    /// <summary>Whether the bias takes the mean of what its errors change in the output.</summary>
    /// <param name="weight">The weight as it is written.</param>
    public bool CorrectsBias(EncodedWeight weight) => Bias is not null && Knowledge.CorrectsBias(Steps, weight, Bias.Exists);

    /// <summary>Reads all values.</summary>
    public void Look(CancellationToken cancellationToken)
    {
        var scan = new ValueScan();
        ValueTiles.Visit(Decoded.Values, (_, tile) => scan.Add(tile), cancellationToken);
        IsFinite = !scan.HasNonFinite;
        ZeroCount = scan.ZeroCount;
        if (IsFinite && Pruner.Pruner is { } pruner)
        {
            ZeroCount = pruner.CountZeros(Decoded.Values, scan.ZeroCount, cancellationToken);
            GainsZeros = ZeroCount > scan.ZeroCount;
        }

        if (IsFinite && Steps.Palettization is { Mode: PalettizationMode.Unique } && Groups.Counts is { } counts)
        {
            DistinctCount = UniqueTable.MostIn(Decoded.Values, new BlockGrid(Shape, counts));
        }
    }
}
