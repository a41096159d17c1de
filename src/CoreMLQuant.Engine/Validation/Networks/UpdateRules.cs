using System.Collections.Generic;
using System.Linq;
using CoreMLQuant.Models;
using CoreMLQuant.Specification;
using CoreMLQuant.Specification.Schema;
using CoreMLQuant.Specification.Schema.Details;
using CoreMLQuant.Validation.Findings;
using Google.Protobuf;
using LayerCase = CoreMLQuant.Specification.Schema.NeuralNetworkLayer.LayerOneofCase;
using ModelCase = CoreMLQuant.Specification.Schema.Model.TypeOneofCase;

namespace CoreMLQuant.Validation.Networks;

/// <summary>Rules for networks that are trained on a device. Source: Apple's validator of updatable networks.</summary>
internal static class UpdateRules
{
    /// <summary>Checks an updatable network.</summary>
    public static void Check(ModelFile file, PipelineStage stage, IReadOnlyList<NeuralNetworkLayer> layers, FindingList findings)
    {
        var place = new Place(stage.Name, string.Empty);
        var reader = new DetailReader(file.Payloads, file.Container.SpecificationPath);
        string location = place.Of("updateParams");
        CheckLayers(layers, place, findings);
        if (findings.Read(() => reader.Read(ParametersOf(stage.Model), UpdateDetails.Parser, location)) is not { } update)
        {
            return;
        }

        CheckNames(layers, update, place, findings);
        foreach (string problem in Optimizer(update.Optimizer)
            .Concat(ParameterRules.Check("epochs", update.Epochs, true))
            .Concat(update.Seed is null ? [] : ParameterRules.Check("seed", update.Seed, false)))
        {
            findings.Add(ValidationRule.InvalidUpdate, location, problem);
        }

        LossRules.Check(stage, layers, update, place, findings);
    }

    private static ByteString ParametersOf(Model model) => model.TypeCase switch
    {
        ModelCase.NeuralNetworkClassifier => model.NeuralNetworkClassifier.UpdateParams,
        ModelCase.NeuralNetworkRegressor => model.NeuralNetworkRegressor.UpdateParams,
        _ => model.NeuralNetwork.UpdateParams,
    };

    private static void CheckLayers(IReadOnlyList<NeuralNetworkLayer> layers, Place place, FindingList findings)
    {
        if (!layers.Any(layer => layer.IsUpdatable))
        {
            findings.Add(ValidationRule.InvalidUpdate, place.Of("network"), "the model is updatable, but no layer of it is.");
        }

        foreach (NeuralNetworkLayer layer in layers.Where(layer => layer.IsUpdatable))
        {
            string? problem = layer.LayerCase switch
            {
                LayerCase.Convolution => NotUpdatable(layer.Convolution.Weights, layer.Convolution.HasBias, layer.Convolution.Bias),
                LayerCase.InnerProduct => NotUpdatable(layer.InnerProduct.Weights, layer.InnerProduct.HasBias, layer.InnerProduct.Bias),
                LayerCase.UniDirectionalLSTM => null,
                _ => "the layer is updatable; only convolution, innerProduct and uniDirectionalLSTM can be.",
            };
            if (problem is not null)
            {
                findings.Add(ValidationRule.InvalidUpdate, place.Of("layer", layer.Name), problem);
            }
        }
    }

    private static string? NotUpdatable(WeightParams? weights, bool hasBias, WeightParams? bias) =>
        weights is not { IsUpdatable: true } ? "the layer is updatable, but its weights are not marked as updatable."
        : hasBias && bias is not { IsUpdatable: true } ? "the layer is updatable, but its bias is not marked as updatable."
        : null;

    private static void CheckNames(IReadOnlyList<NeuralNetworkLayer> layers, UpdateDetails update, Place place, FindingList findings)
    {
        var names = new HashSet<string>();
        foreach (string name in layers.Select(layer => layer.Name).Concat(update.LossLayers.Select(loss => loss.Name)).Where(name => !names.Add(name)))
        {
            findings.Add(ValidationRule.InvalidUpdate, place.Of("layer", name), "two layers, or a layer and a loss layer, have this name; in an updatable network names are unique.");
        }
    }

    private static IEnumerable<string> Optimizer(OptimizerDetails? optimizer) => optimizer?.OptimizerTypeCase switch
    {
        OptimizerDetails.OptimizerTypeOneofCase.SgdOptimizer => ParameterRules.Check("learningRate", optimizer.SgdOptimizer.LearningRate)
            .Concat(ParameterRules.Check("miniBatchSize", optimizer.SgdOptimizer.MiniBatchSize, true)),
        OptimizerDetails.OptimizerTypeOneofCase.AdamOptimizer => ParameterRules.Check("learningRate", optimizer.AdamOptimizer.LearningRate)
            .Concat(ParameterRules.Check("miniBatchSize", optimizer.AdamOptimizer.MiniBatchSize, true))
            .Concat(ParameterRules.Check("beta1", optimizer.AdamOptimizer.Beta1))
            .Concat(ParameterRules.Check("beta2", optimizer.AdamOptimizer.Beta2))
            .Concat(ParameterRules.Check("eps", optimizer.AdamOptimizer.Eps)),
        _ => ["the optimizer is not set, or is none that is known."],
    };
}
