using System;
using System.Collections.Generic;
using System.Linq;
using CoreMLQuant.Compression;
using CoreMLQuant.Compression.Coding;
using CoreMLQuant.Models;
using CoreMLQuant.Tensors;
using CoreMLQuant.Tensors.Pruning;

namespace CoreMLQuant.Mil.Compression;

/// <summary>Decides how a candidate is encoded, now that it has been looked at, and has it written.</summary>
internal sealed class WeightEncoder(ConstexprWriter writer, TensorWriter tensors, EncodedWeights encoded)
{
    /// <summary>Plans one weight: encodes it, or says why it is left.</summary>
    public WeightPlan Encode(WeightCandidate candidate)
    {
        if (candidate.Scan.HasNonFinite)
        {
            return Skip(candidate, "holds infinities or NaN, which no table and no scale can hold");
        }

        return candidate.Steps switch
        {
            [LinearQuantizationRecipe linear] => Linear(candidate, linear),
            [PruningRecipe pruning] => Prune(candidate, pruning),
            _ => throw new NotSupportedException(),
        };
    }

    private WeightPlan Linear(WeightCandidate candidate, LinearQuantizationRecipe recipe)
    {
        var blocks = BlockShape.Of(recipe, candidate.Site.Shape, candidate.Axes);
        if (blocks.Counts is null)
        {
            return Skip(candidate, blocks.Remark);
        }

        string form = Form(candidate, blocks.Counts);
        var range = new LinearRange(recipe.BitWidth, !recipe.Unsigned, recipe.Mode == QuantizationMode.Symmetric);
        EncodedWeight weight = encoded.GetOrAdd(candidate.Stored, form, () => EncodedWeight.Dense(
            candidate.Values,
            candidate.Site.ByteCount,
            new LinearCoder(new BlockGrid(candidate.Site.Shape, blocks.Counts), range, candidate.Site.ElementType)));
        new WeightEmitter(writer, tensors, candidate, form).Linear(weight);
        return Convert(candidate, weight, WeightEncoding.Linear, [blocks.Remark]);
    }

    private WeightPlan Prune(WeightCandidate candidate, PruningRecipe recipe)
    {
        long count = candidate.Site.ElementCount;
        long zeros = Math.Max((long)Math.Floor((decimal)recipe.TargetSparsity!.Value * count), candidate.Scan.ZeroCount);
        string form = Form(candidate, []);
        EncodedWeight weight = encoded.GetOrAdd(candidate.Stored, form, () => EncodedWeight.Sparse(
            candidate.Values,
            candidate.Site.ByteCount,
            candidate.Site.Shape,
            candidate.Site.ElementType,
            new MagnitudePruner(zeros),
            null,
            count - zeros));
        new WeightEmitter(writer, tensors, candidate, form).Sparse(weight);
        return Convert(candidate, weight, WeightEncoding.Sparse, []);
    }

    private static string Form(WeightCandidate candidate, IReadOnlyList<long> blocks) =>
        string.Join(", ", candidate.Steps.Select(step => step.Description)) + $" [{string.Join("x", blocks)}]";

    private static WeightPlan Convert(WeightCandidate candidate, EncodedWeight weight, WeightEncoding encoding, IEnumerable<string> remarks)
    {
        WeightSite after = candidate.Site with
        {
            Encoding = encoding,
            StorageType = weight.Parts.First(part => part.Name is "data" or "nonzero_data" or "indices").Type,
            ByteCount = weight.Length,
        };
        return new WeightPlan(
            candidate.Site,
            WeightAction.Convert,
            WeightEncodings.Describe(after),
            weight.Length,
            string.Join("; ", remarks.Append(candidate.Remark).Append(candidate.Axes.Disagreement).Where(remark => remark.Length > 0)))
        {
            Part = weight,
        };
    }

    private static WeightPlan Skip(WeightCandidate candidate, string reason) =>
        new(candidate.Site, WeightAction.Skip, WeightEncodings.Describe(candidate.Site), candidate.Site.ByteCount, reason);
}
