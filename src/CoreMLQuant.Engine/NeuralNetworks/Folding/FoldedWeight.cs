using System.Linq;
using CoreMLQuant.Elements;
using CoreMLQuant.Models;
using CoreMLQuant.NeuralNetworks.Decoding;
using CoreMLQuant.Specification;
using CoreMLQuant.Tensors;
using CoreMLQuant.Tensors.Decoding;

namespace CoreMLQuant.NeuralNetworks.Folding;

/// <summary>A weight field of a layer that may have taken in others: what it holds, and what its values are with those taken in.</summary>
/// <param name="Field">The field.</param>
/// <param name="Stored">What it holds.</param>
/// <param name="Folded">What the layer has taken in; <see langword="null"/> when it has taken in nothing.</param>
/// <param name="Place">Its place, for messages.</param>
internal sealed record FoldedWeight(WeightField Field, StoredWeight Stored, FoldedLayer? Folded, WeightPlace Place)
{
    /// <summary>Whether its values are others than those that are stored.</summary>
    public bool IsChanged => IsBias || IsScaled;

    private bool IsBias => Field.Name == "bias" && Folded?.Bias is not null;

    private bool IsScaled => Field.Name == "weights" && Folded is not null
        && (Folded.Factors.Any(factor => factor != 1) || Stored is { Encoding: WeightEncoding.Plain, ElementType: ElementType.Float16 });

    /// <summary>Reads what a field says of itself; <see langword="null"/> when it holds nothing and gets nothing.</summary>
    /// <exception cref="Errors.CoreMLFormatException">The field breaks a rule.</exception>
    public static FoldedWeight? Read(WeightField field, FoldedLayer? folded, DetachedPayloads payloads, WeightPlace place)
    {
        StoredWeight? stored = StoredWeight.Read(field, payloads, place);
        if (stored is null && field.Name == "bias" && folded?.Bias is not null)
        {
            // A bias that the layer gets by folding takes no bytes today.
            stored = new StoredWeight(field.Params.FloatValue, WeightEncoding.Plain, ElementType.Float32, ElementType.Float32, field.Shape, field.ClaimedCount, 0);
        }

        return stored is null ? null : new FoldedWeight(field, stored, folded, place);
    }

    /// <summary>Its values, those of what was taken in included.</summary>
    public TensorValues Decode(DetachedPayloads payloads)
    {
        if (IsBias)
        {
            return new ArrayValues(Folded!.Bias);
        }

        TensorValues values = NetworkWeightDecoder.Decode(Field, Stored, payloads, Place);
        return IsScaled ? new ScaledValues(values, NetworkWeightDecoder.FindGrid(Field, Stored, Field.ChannelCount)!, Folded!.Factors) : values;
    }
}
