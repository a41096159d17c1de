using System;
using System.Collections.Generic;
using System.Linq;
using CoreMLQuant.Models;
using CoreMLQuant.Tensors.Statistics;

namespace CoreMLQuant.Calibration.Inputs;

/// <summary>What a weight is multiplied with: the values of the model that hold it, and how its inputs lie over the weight.</summary>
/// <param name="Site">The weight.</param>
/// <param name="InputCounts">Dimensions of the inputs over the weight; see <see cref="LayerStatistics"/>.</param>
/// <param name="OutputAxis">The axis of the output channels.</param>
/// <param name="Values">The values, one for each operation that uses the weight.</param>
internal sealed record WeightInput(WeightSite Site, IReadOnlyList<long> InputCounts, int OutputAxis, IReadOnlyList<TappedVectors> Values)
{
    /// <summary>Parts of the inputs that do not meet at any output: products across them are left out.</summary>
    public InputParts Parts { get; init; } = InputParts.Whole;

    /// <summary>
    /// Uses of the weight that are no products along these axes, for each one that is: lookups, as of embeddings that are also the weight of the last layer, and products along other axes.
    /// </summary>
    /// <remarks>
    /// An error E of the weight W costs its product tr(E G Eᵀ) of the energy tr(W G Wᵀ), with the Gram matrix G = E[x xᵀ] of its inputs, and a table whose vectors are all read equally often |E|² of |W|².
    /// How often each is read, samples hardly tell: they have few of the words of a language. In relation to what each use gives, and with tr(W G Wᵀ) = m |W|², where m is the mean of the diagonal of G,
    /// all uses together cost tr(E (G + k m I) Eᵀ) for k other uses of each product: k m is added to the diagonal and to each second moment. For products along other axes, this is so as far as their inputs are alike.
    /// </remarks>
    public double OtherUses { get; init; }

    /// <summary>What weights with the same inputs have in common.</summary>
    public string Key => string.Join("|", Values.Select(value => value.Key).OrderBy(key => key, StringComparer.Ordinal).Append(Parts.Key));
}

/// <summary>Vectors of a value.</summary>
/// <param name="Value">The value's name in the model.</param>
/// <param name="Vectors">How the vectors are taken from it.</param>
internal sealed record TappedVectors(string Value, InputVectors Vectors)
{
    /// <summary>What tells them from others.</summary>
    public string Key => $"{Value}: {Vectors.Key}";
}

/// <summary>The inputs of a model's weights.</summary>
/// <param name="Found">Weights whose inputs can be tapped, in the model's order.</param>
/// <param name="Left">Weights whose inputs cannot, with the reasons.</param>
internal sealed record WeightInputs(IReadOnlyList<WeightInput> Found, IReadOnlyList<LeftWeight> Left);

/// <summary>A weight without statistics.</summary>
/// <param name="Site">The weight.</param>
/// <param name="Reason">Why; follows the weight's name.</param>
internal sealed record LeftWeight(WeightSite Site, string Reason);
