using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using CoreMLQuant.Calibration;
using CoreMLQuant.Models;
using CoreMLQuant.NeuralNetworks.Decoding;
using CoreMLQuant.NeuralNetworks.Folding;
using CoreMLQuant.NeuralNetworks.Weights;
using CoreMLQuant.Planning;
using CoreMLQuant.Recipes;
using CoreMLQuant.Specification;
using CoreMLQuant.Tensors;
using CoreMLQuant.Tensors.Decoding;
using LayerCase = CoreMLQuant.Specification.Schema.NeuralNetworkLayer.LayerOneofCase;

namespace CoreMLQuant.NeuralNetworks.Compression;

/// <summary>Finds the weights of a NeuralNetwork and says of each what it gets, or why it is left, without reading it.</summary>
/// <param name="file">The model.</param>
/// <param name="payloads">The big fields of the specification that the layers stand in.</param>
/// <param name="stage">The stage.</param>
/// <param name="rules">Which weights the recipe's patterns leave alone.</param>
/// <param name="statistics">What calibration found out about the model; <see langword="null"/> without calibration.</param>
internal sealed class NetworkWeightFinder(ModelFile file, DetachedPayloads payloads, PipelineStage stage, SelectionRules rules, CalibrationStatistics? statistics)
{
    private readonly LayerCatalog _layers = new(statistics);
    private readonly bool _hasExactShapes = NetworkLayers.HasExactShapes(stage.Model);

    /// <summary>Chooses the recipes of a weight.</summary>
    /// <param name="site">The weight.</param>
    /// <param name="consumers">Type and name of its layer.</param>
    /// <param name="remark">What is to be said of the choice.</param>
    public delegate IReadOnlyList<WeightRecipe> Selector(WeightSite site, IReadOnlyList<(string Type, string Name)> consumers, out string remark);

    /// <summary>Whether the recipe asks for normalizations to be folded into a layer.</summary>
    public bool WantsFolding(NetworkLayer layer, Selector select) => Of(layer, null, select)
        .Any(weight => weight.Field.Name == "weights" && weight.Steps is { FoldBatchNorm: true, Pruning: null } && WhyFloat(layer, weight.Site) is null);

    /// <summary>The weights of a layer.</summary>
    /// <param name="layer">The layer.</param>
    /// <param name="folded">What was folded into it, if anything was.</param>
    /// <param name="select">Chooses the recipes.</param>
    /// <exception cref="Errors.CoreMLFormatException">A weight breaks a rule of the format.</exception>
    /// <exception cref="RecipeException">There is no form for what a weight is to get.</exception>
    public IEnumerable<NetworkWeight> Of(NetworkLayer layer, FoldedLayer? folded, Selector select)
    {
        // Layers without weights are asked about, too: a pattern that names one is not a pattern that matches nothing.
        if (layer.Fields.Count == 0)
        {
            rules.Reason(layer.Type, layer.Path, layer.Name);
        }

        foreach (WeightField field in (folded?.Layer ?? layer).Fields)
        {
            if (FoldedWeight.Read(field, folded, payloads, WeightPlace.Of(file, stage.Name, layer, field)) is { } weight)
            {
                WeightSite site = NetworkWeights.SiteOf(file, payloads, stage.Name, layer, field, weight.Stored);
                yield return Weight(layer, weight, site, select);
            }
        }
    }

    private NetworkWeight Weight(NetworkLayer layer, FoldedWeight weight, WeightSite site, Selector select)
    {
        (WeightField field, StoredWeight stored, _, _) = weight;
        var steps = new WeightSteps(select(site, [(layer.Type, layer.Path)], out string remark));
        string reason = WhyFloat(layer, site)
            ?? (steps.All.Count == 0 ? (remark.Length > 0 ? remark : "not selected by the recipe") : null)
            ?? WhyNot(layer, field, site, steps)
            ?? string.Empty;
        if (reason.Length == 0)
        {
            NetworkEncodings.Check(steps);
        }

        bool isShaped = stored.ElementCount == field.ClaimedCount && layer.Forms != WeightForms.Unknown;
        BlockGrid grid = (isShaped && field.ChannelAxis is not null ? NetworkWeightDecoder.FindGrid(field, stored, field.ChannelCount) : null) ?? BlockGrid.Whole(stored.Shape);
        TensorValues values = layer.Forms == WeightForms.Unknown ? new ArrayValues(default) : weight.Decode(payloads);
        bool isFactor = steps.Quantization is { Int8MatrixMultiply: true } && field.ChannelAxis is not null && Int8Product.IsPossible(layer.Message);
        if (isFactor && !_hasExactShapes)
        {
            remark = "Int8 matrix multiplication requires exact input shapes (arrayInputShapeMapping); this network only stores integers";
        }

        return new NetworkWeight(layer, field, stored, site, grid, values, steps, reason, remark)
        {
            Knowledge = _layers.Of(site, site.Shape),
            IsFolded = weight.IsChanged,
            IsInt8Factor = isFactor && _hasExactShapes,
        };
    }

    /// <summary>Why a weight stays as it is whatever the recipe says; <see langword="null"/> when it need not.</summary>
    private string? WhyFloat(NetworkLayer layer, WeightSite site) =>
        rules.Reason(site.Name, layer.Type, layer.Path, layer.Name)
        ?? PrecisionGroup.RuleFor(layer)
        ?? (layer.Forms == WeightForms.Floats ? $"{layer.Type} does not support compressed weights" : null);

    private static string? WhyNot(NetworkLayer layer, WeightField field, WeightSite site, WeightSteps steps)
    {
        bool isVector = field.ChannelAxis is null && layer.Message.LayerCase is not (LayerCase.LoadConstant or LayerCase.LoadConstantND);
        return steps.Pruning is not null ? "a NeuralNetwork does not support pruned weights"
            : isVector && !steps.IncludeBias ? "biases and vectors are compressed only with -IncludeBias"
            : field.ClaimedCount == 0 ? "its layer does not specify the number of values, which codes require"
            : field.ClaimedCount != site.ElementCount
                ? string.Format(CultureInfo.InvariantCulture, "has {0} values, but its layer expects {1}", site.ElementCount, field.ClaimedCount)
            : site.ElementCount <= steps.MinimumElementCount
                ? string.Format(CultureInfo.InvariantCulture, "has {0} values; only weights with more than {1} are compressed", site.ElementCount, steps.MinimumElementCount)
            : null;
    }
}
