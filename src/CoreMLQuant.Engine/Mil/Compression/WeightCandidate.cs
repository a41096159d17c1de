using System.Collections.Generic;
using CoreMLQuant.Compression;
using CoreMLQuant.Models;
using CoreMLQuant.Specification.Schema;
using CoreMLQuant.Tensors;

namespace CoreMLQuant.Mil.Compression;

/// <summary>A weight that may be compressed: everything that can be known of it without reading it.</summary>
/// <param name="Node">The operation that makes it.</param>
/// <param name="Site">Where it is.</param>
/// <param name="Steps">The recipes that it gets, one after the other.</param>
/// <param name="Axes">Its channels.</param>
/// <param name="Stored">The tensor that its new parts take the place of.</param>
/// <param name="Reference">The value that refers to that tensor.</param>
/// <param name="Values">Its values.</param>
/// <param name="Remark">What the reader should know of the choice of its recipes.</param>
internal sealed record WeightCandidate(
    OperationNode Node,
    WeightSite Site,
    IReadOnlyList<WeightRecipe> Steps,
    ChannelAxes Axes,
    TensorData Stored,
    Value Reference,
    TensorValues Values,
    string Remark)
{
    /// <summary>What a look at all values found.</summary>
    public ValueScan Scan { get; } = new();
}
