using System.Globalization;
using System.Linq;
using CoreMLQuant.Coding;
using CoreMLQuant.Elements;
using CoreMLQuant.Models;
using CoreMLQuant.Planning;
using CoreMLQuant.Recipes;
using CoreMLQuant.Tensors.Pruning;

namespace CoreMLQuant.Mil.Compression;

/// <summary>Decides how a candidate is encoded, now that it has been looked at, and has it written.</summary>
internal sealed class WeightEncoder(ConstexprWriter writer, TensorWriter tensors, EncodedWeights encoded, WeightChoices? choices)
{
    /// <summary>Plans one weight: encodes it, or says why it is left.</summary>
    public WeightPlan Encode(WeightCandidate candidate)
    {
        EncodingChoice choice = Choose(candidate);
        if (choice.Create is null)
        {
            return WeightPlan.Skip(candidate.Site, choice.Remark);
        }

        string form = $"{candidate.Steps.Description} {choice.Layout}";
        EncodedWeight weight = encoded.GetOrAdd(candidate.Stored, form, () => choices is null ? choice.Create() : choices.Of(candidate.Site, choice.Create()));
        long length = weight.Length + choice.KeptLength;
        string larger = string.Empty;
        if (length >= candidate.Site.ByteCount)
        {
            larger = string.Format(CultureInfo.InvariantCulture, "would take {0} bytes instead of {1}", length, candidate.Site.ByteCount);
            if (!candidate.GainsZeros)
            {
                return WeightPlan.Skip(candidate.Site, larger);
            }

            // Zeros were asked for, a saving only expected of them.
            if (candidate.Site.Encoding is WeightEncoding.Plain or WeightEncoding.Cast)
            {
                larger = $"stored uncompressed with its zeros: {candidate.Steps.Description}, it {larger}";
                choice = WithZeros(candidate).InLayerOf(candidate);
                form += " as values";
                weight = encoded.GetOrAdd(candidate.Stored, form, choice.Create!);
                length = weight.Length;
            }
        }

        ElementType storage = weight.Parts.First(part => part.Name is "data" or "nonzero_data").Type;
        choice.Emit!(new WeightEmitter(writer, tensors, candidate, form), weight);
        if (candidate.CorrectsBias(weight))
        {
            candidate.Bias!.Correct(writer, tensors, candidate, weight, form);
        }

        return new WeightPlan(
            candidate.Site,
            WeightAction.Convert,
            WeightEncodings.Describe(candidate.Site with { Encoding = choice.Encoding, EncodingDetails = null, StorageType = storage }),
            length,
            string.Join("; ", new[] { larger, choice.Remark, candidate.Remark, candidate.Axes.Disagreement }.Where(remark => remark.Length > 0)))
        {
            Part = weight,
        };
    }

    /// <summary>Why the blocks or groups asked for do not divide a weight; <see langword="null"/> when they do.</summary>
    public static string? Indivisible(WeightCandidate candidate) =>
        candidate.Steps.Palettization is not null ? candidate.Groups.Counts is null ? candidate.Groups.Remark : null
        : candidate.Steps.Quantization is { } linear && BlockShape.Of(linear, candidate.Shape, candidate.Axes) is { Counts: null } blocks ? blocks.Remark
        : null;

    /// <summary>How a weight that has been looked at would be encoded.</summary>
    public static EncodingChoice Choose(WeightCandidate candidate) => !candidate.IsFinite
        ? EncodingChoice.None("contains infinities or NaN, which cannot be compressed")
        : candidate.Site.Encoding switch
        {
            WeightEncoding.Linear => Composition.OfLinear(candidate).InLayerOf(candidate),
            WeightEncoding.Palettized => Composition.OfPalettized(candidate).InLayerOf(candidate),
            _ => OfFloats(candidate).InLayerOf(candidate),
        };

    /// <summary>A weight of floats, plain or sparse: everything is encoded anew, zeros that are pruned already stay so.</summary>
    private static EncodingChoice OfFloats(WeightCandidate candidate)
    {
        WeightSteps steps = candidate.Steps;
        bool isSparse = steps.Pruning is not null || candidate.Site.Encoding == WeightEncoding.Sparse;
        if (steps.Pruning is { } pruning && WhyNotPruned(candidate, pruning) is { } reason)
        {
            return EncodingChoice.None(reason);
        }

        if (steps.Pruning is not null && candidate.IsAllZero)
        {
            return AllZero(candidate);
        }

        CoderChoice coder = CoderChoice.Of(candidate, isSparse);
        if (coder.Reason.Length > 0)
        {
            return EncodingChoice.None(coder.Reason);
        }

        long bytes = candidate.Site.ByteCount;
        Pruner? pruner = PrunerOf(candidate, out string prunerRemark);
        return isSparse
            ? new EncodingChoice(
                coder.Coder is null ? WeightEncoding.Sparse : WeightEncoding.Joint,
                coder.Layout,
                string.Join("; ", new[] { coder.Remark, prunerRemark }.Where(remark => remark.Length > 0)),
                () => EncodedWeight.Sparse(
                    candidate.Decoded.Values,
                    bytes,
                    candidate.Shape,
                    candidate.Site.ElementType,
                    pruner,
                    (ScalarCoder?)coder.Coder,
                    candidate.Site.ElementCount - candidate.ZeroCount),
                (emitter, weight) => emitter.Sparse(weight, coder.VectorAxis))
            : new EncodingChoice(
                steps.Palettization is null ? WeightEncoding.Linear : steps.Quantization is not null && coder.QuantizesTables ? WeightEncoding.Joint : WeightEncoding.Palettized,
                coder.Layout,
                coder.Remark,
                () => EncodedWeight.Dense(candidate.Decoded.Values, bytes, coder.Coder!),
                (emitter, weight) => emitter.Dense(weight, coder.VectorAxis));
    }

    /// <summary>A weight that pruning leaves nothing of: a mask with a single zero, whatever else is asked for.</summary>
    public static EncodingChoice AllZero(WeightCandidate candidate) => new(
        WeightEncoding.Sparse,
        "zeros",
        candidate.Steps.All.Count > 1 ? "all values become zero; the other steps do not apply" : "all values become zero",
        () => EncodedWeight.Sparse(candidate.Decoded.Values, candidate.Site.ByteCount, candidate.Shape, candidate.Site.ElementType, candidate.Pruner.Pruner, null, 0),
        (emitter, weight) => emitter.Sparse(weight, null));

    private static EncodingChoice WithZeros(WeightCandidate candidate) => new(
        candidate.Site.Encoding,
        string.Empty,
        string.Empty,
        () => EncodedWeight.WithZeros(candidate.Decoded.Values, candidate.Site.ByteCount, candidate.Shape, candidate.Site.StorageType, PrunerOf(candidate, out _)!),
        (emitter, weight) => emitter.Plain(weight));

    private static Pruner? PrunerOf(WeightCandidate candidate, out string remark)
    {
        remark = string.Empty;
        if (candidate is not { Pruner.Pruner: { } plain, Steps.Pruning: { } recipe } || !candidate.Knowledge.Compensates(recipe, out remark))
        {
            return candidate.Pruner.Pruner;
        }

        WeightLayer layer = candidate.Knowledge.Layer!;
        bool isHalf = candidate.Site.ElementType == ElementType.Float16 || candidate.Site.StorageType == ElementType.Float16;
        return new CompensatedPruner(plain, PrunerChoice.RuleOf(recipe, layer, candidate.ZeroCount), layer.Layout, layer.Grams, isHalf);
    }

    /// <summary>Why a weight is not pruned; <see langword="null"/> when it is.</summary>
    public static string? WhyNotPruned(WeightCandidate candidate, PruningRecipe recipe)
    {
        double sparsity = (double)candidate.ZeroCount / candidate.Site.ElementCount;
        return candidate.Pruner.Pruner is null ? candidate.Pruner.Reason
            : recipe.Threshold is not null && sparsity < recipe.MinimumSparsity
                ? string.Format(CultureInfo.InvariantCulture, "would have {0:P1} zeros, fewer than the required {1:P1}", sparsity, recipe.MinimumSparsity)
            : null;
    }
}
