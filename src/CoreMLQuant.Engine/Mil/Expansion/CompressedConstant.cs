using System.Linq;
using CoreMLQuant.Elements;
using CoreMLQuant.Mil.Decoding;
using CoreMLQuant.Mil.Weights;
using CoreMLQuant.Models;
using CoreMLQuant.Specification.Schema;

namespace CoreMLQuant.Mil.Expansion;

/// <summary>A compressed constant that is to become a plain one.</summary>
/// <param name="Node">The operation that makes it.</param>
/// <param name="Site">The weight as results tell it.</param>
/// <param name="Weight">What it decodes to.</param>
internal sealed record CompressedConstant(OperationNode Node, WeightSite Site, DecodedWeight Weight)
{
    /// <summary>Type that it is expanded to.</summary>
    public ElementType Target { get; set; } = Weight.ElementType;

    /// <summary>Why it is not expanded to the type that was asked for; empty when it is.</summary>
    public string Remark { get; set; } = string.Empty;

    /// <summary>
    /// Names the bytes that it expands to: two constants of the same parameters and data, as functions of one package have
    /// them, are one blob.
    /// </summary>
    public string Form => $"{Target} " + string.Join(";", MilWeights.Nest(Node).Select(node => node.Type + ":" + string.Join(",", node.Message.Attributes
        .Where(attribute => attribute.Key != "name")
        .Select(attribute => attribute.Key + Text(attribute.Value))
        .Concat(node.Inputs.Select(input => input.Parameter + (input.Value is null ? Text(input.Binding.Value) : string.Empty))))));

    // A short value is told by its bytes, a long one by its place in a file or by its token.
    private static string Text(Value value) => System.Convert.ToBase64String(Google.Protobuf.MessageExtensions.ToByteArray(value));
}
