using System.Threading;
using CoreMLQuant.Coding;
using CoreMLQuant.Elements;
using CoreMLQuant.Models;
using CoreMLQuant.NeuralNetworks.Float16;
using CoreMLQuant.Planning;
using CoreMLQuant.Recipes;
using CoreMLQuant.Tensors;
using CoreMLQuant.Tensors.Clustering;
using LayerCase = CoreMLQuant.Specification.Schema.NeuralNetworkLayer.LayerOneofCase;

namespace CoreMLQuant.NeuralNetworks.Compression;

/// <summary>A weight of a layer: what can be known of it without reading it, and then what a look at all its values finds.</summary>
/// <param name="Layer">The layer.</param>
/// <param name="Field">The field.</param>
/// <param name="Stored">What the field holds.</param>
/// <param name="Site">The weight as results tell it.</param>
/// <param name="Grid">One block for each output channel; one for all where there are no output channels.</param>
/// <param name="Values">Its values, those that were folded into it included.</param>
/// <param name="Steps">The recipes that it gets.</param>
/// <param name="Reason">Why it is left; empty when it may be compressed.</param>
/// <param name="Remark">What the reader should know.</param>
internal sealed record NetworkWeight(
    NetworkLayer Layer,
    WeightField Field,
    StoredWeight Stored,
    WeightSite Site,
    BlockGrid Grid,
    TensorValues Values,
    WeightSteps Steps,
    string Reason,
    string Remark)
{
    /// <summary>What is known of the inputs of its layer, whatever the method.</summary>
    public LayerKnowledge Knowledge { get; init; } = LayerKnowledge.None;

    /// <summary>Whether its values have changed by folding, so that it is written in any case.</summary>
    public bool IsFolded { get; init; }

    /// <summary>Whether its layer is to multiply in Int8.</summary>
    public bool IsInt8Factor { get; init; }

    /// <summary>Bytes that it takes when it is not compressed.</summary>
    public long PlainLength => IsFolded ? ElementType.Float32.ByteCount(Values.Count) : Site.ByteCount;

    /// <summary>Why a look at its values rules it out; <see langword="null"/> when it does not.</summary>
    public string? Obstacle { get; private set; }

    /// <summary>Distinct values, where a table of them is asked for; more than 256 count as 257.</summary>
    public int DistinctCount { get; private set; }

    // Entries wherever they are needed, a sentinel's among them.
    private bool HasFreeTable => Steps.Palettization is { Mode: not PalettizationMode.Uniform };

    private bool IsLossless => Steps.Palettization is { Mode: PalettizationMode.Unique };

    /// <summary>Whether the bias of its layer takes the mean of what its errors change in the output.</summary>
    /// <param name="encoded">The weight as it is written.</param>
    public bool CorrectsBias(EncodedWeight encoded) =>
        Field.Name == "weights" && LayerBias.IsPossible(Layer.Message) && Knowledge.Layer?.Channels == Field.ChannelCount && !Steps.IncludeBias && Knowledge.CorrectsBias(Steps, encoded, LayerBias.Exists(Layer.Message));

    /// <summary>Reads all values.</summary>
    public void Look(CancellationToken cancellationToken)
    {
        var scan = new ValueScan();
        var numbers = new WholeNumberScan { IsOver = IsLossless || Layer.Message.LayerCase is not (LayerCase.LoadConstant or LayerCase.LoadConstantND) };
        ValueTiles.Visit(
            Values,
            (_, tile) =>
            {
                scan.Add(tile);
                numbers.Add(tile);
            },
            cancellationToken);
        Obstacle = scan.HasNonFinite ? "contains infinities or NaN, which cannot be compressed"
            : scan.MaxMagnitude >= MagnitudeScan.Sentinel && !HasFreeTable ? "contains magnitudes of 1E+38 or more, so even steps would lose all other values"
            : numbers.LargestOfMany is { } largest ? $"contains only whole numbers, up to {largest.ToString("G9", System.Globalization.CultureInfo.InvariantCulture)}, which may be indices and must not be rounded"
            : null;
        if (Obstacle is null && IsLossless)
        {
            DistinctCount = UniqueTable.MostIn(Values, BlockGrid.Whole(Grid.Shape));
        }
    }
}
