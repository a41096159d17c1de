using System;
using System.Collections.Generic;
using System.Linq;
using CoreMLQuant.Models;
using CoreMLQuant.NeuralNetworks;
using CoreMLQuant.Specification.Schema;
using CoreMLQuant.Validation.Findings;
using CoreMLQuant.Validation.Interfaces;
using CoreMLQuant.Validation.Networks.Layers;
using Kind = CoreMLQuant.Specification.Schema.Details.LayerDetails.LayerOneofCase;

namespace CoreMLQuant.Validation.Networks;

/// <summary>Goes through the layers of a network in their order, and through the networks inside them, and holds each to its rules.</summary>
/// <param name="stage">The stage.</param>
/// <param name="findings">Takes what is found.</param>
/// <param name="visit">Checks the weights of a layer; its second argument is the layer's location.</param>
internal sealed class NetworkWalk(PipelineStage stage, FindingList findings, Action<NetworkLayer, string> visit)
{
    private readonly Place _place = new(stage.Name, string.Empty);

    /// <summary>Checks the layers of one network.</summary>
    /// <param name="layers">The layers.</param>
    /// <param name="path">Names of the layers around, each with a <c>/</c> behind it.</param>
    /// <param name="scope">What is known before the first; what they make is added.</param>
    public void Run(IReadOnlyList<NeuralNetworkLayer> layers, string path, NetworkScope scope)
    {
        foreach (NetworkLayer layer in NetworkLayers.Of(layers, path))
        {
            string location = _place.Of("layer", layer.Path);
            LayerContext? context = findings.Read(() => LayerContext.Of(layer.Message, scope, location));
            if (context is not null)
            {
                Check(context, layer, location);
            }

            CheckInputs(layer.Message, scope, location);
            AddOutputs(layer.Message, context?.Details.LayerCase == Kind.Copy, scope, location);
        }
    }

    private void Check(LayerContext context, NetworkLayer layer, string location)
    {
        if (context.Scope.Traits.IsOfAnyRank)
        {
            TensorRules.Check(context, location, findings);
        }

        if (LayerRegistry.Find(context.Details.LayerCase) is not { } rule)
        {
            findings.Add(ValidationRule.UnknownLayer, location, "the layer's kind is not set, or is none that is known.");
            return;
        }

        LayerRules.Check(context, rule, location, findings);
        VersionRules.Need(stage, rule.VersionOf(context), location, $"the layer ({context.Kind})", findings, ValidationRule.UnderstatedVersion);
        visit(layer, location);
        ControlFlow.Check(layer, context, this, location, findings);
    }

    private void CheckInputs(NeuralNetworkLayer layer, NetworkScope scope, string location)
    {
        foreach (string input in layer.Input.Where(input => !scope.Knows(input)))
        {
            findings.Add(ValidationRule.UndefinedLayerInput, location, $"the input '{input}' is given by nothing before the layer{Suggestion.For(input, scope.All)}");
        }
    }

    // Only a copy may write over what is there.
    private void AddOutputs(NeuralNetworkLayer layer, bool isCopy, NetworkScope scope, string location)
    {
        foreach (string output in layer.Output)
        {
            if (!isCopy && scope.Knows(output))
            {
                findings.Add(ValidationRule.DuplicateLayerOutput, location, $"the output '{output}' is there already: a value is made once, by anything but a copy.");
            }

            scope.Add(output, layer.Name);
        }
    }
}
