using System.Collections.Generic;
using System.Linq;
using CoreMLQuant.NeuralNetworks;
using CoreMLQuant.Specification.Schema;
using CoreMLQuant.Validation.Findings;
using CoreMLQuant.Validation.Networks.Layers;

namespace CoreMLQuant.Validation.Networks;

/// <summary>Rules for the networks inside branches and loops, and what of theirs is known afterwards.</summary>
internal static class ControlFlow
{
    /// <summary>Checks the networks inside a layer; most kinds have none.</summary>
    /// <param name="layer">The layer.</param>
    /// <param name="context">The layer as its rules see it.</param>
    /// <param name="walk">Goes through a network.</param>
    /// <param name="location">Where the layer is.</param>
    /// <param name="findings">Takes what is found.</param>
    public static void Check(NetworkLayer layer, LayerContext context, NetworkWalk walk, string location, FindingList findings)
    {
        switch (layer.Message.LayerCase)
        {
            case NeuralNetworkLayer.LayerOneofCase.Branch:
                CheckBranch(layer, context.Scope, walk);
                break;
            case NeuralNetworkLayer.LayerOneofCase.Loop:
                CheckLoop(layer, context.Scope, walk, location, findings);
                break;
        }
    }

    // What both branches make is made whatever the condition is.
    private static void CheckBranch(NetworkLayer layer, NetworkScope scope, NetworkWalk walk)
    {
        BranchLayerParams branch = layer.Message.Branch;
        NetworkScope whenTrue = Run(layer, "if", branch.IfBranch, scope, false, walk), whenFalse = Run(layer, "else", branch.ElseBranch, scope, false, walk);
        if (branch.ElseBranch is not { Layers.Count: > 0 })
        {
            return;
        }

        foreach (string name in whenTrue.Own.Concat(whenFalse.Own).Distinct().Where(name => whenTrue.Knows(name) && whenFalse.Knows(name)).ToArray())
        {
            scope.TakeOver(name, whenTrue);
            scope.TakeOver(name, whenFalse);
        }
    }

    // The condition runs before every round: it is made in any case, and the body, when there is a condition, perhaps never.
    private static void CheckLoop(NetworkLayer layer, NetworkScope scope, NetworkWalk walk, string location, FindingList findings)
    {
        LoopLayerParams loop = layer.Message.Loop;
        bool hasCondition = loop.ConditionNetwork is { Layers.Count: > 0 };
        var before = new HashSet<string>(scope.MakersOf(loop.ConditionVar));
        NetworkScope condition = Run(layer, "condition", loop.ConditionNetwork, scope, false, walk);
        if (hasCondition && before.SetEquals(condition.MakersOf(loop.ConditionVar)))
        {
            findings.Add(
                ValidationRule.LayerSetting,
                location,
                $"loop: the condition '{loop.ConditionVar}' is not made by 'conditionNetwork'{Suggestion.For(loop.ConditionVar, condition.Own)}");
        }

        TakeOver(scope, condition, condition.Own);
        NetworkScope body = Run(layer, "body", loop.BodyNetwork, scope, true, walk);
        TakeOver(scope, body, hasCondition ? body.Own.Where(condition.Knows) : body.Own);
    }

    private static NetworkScope Run(NetworkLayer layer, string name, NeuralNetwork? network, NetworkScope scope, bool isLoopBody, NetworkWalk walk)
    {
        NetworkScope inside = scope.Inside(isLoopBody);
        if (network is not null)
        {
            walk.Run(network.Layers, $"{layer.Path}/{name}/", inside);
        }

        return inside;
    }

    private static void TakeOver(NetworkScope scope, NetworkScope inner, IEnumerable<string> names)
    {
        foreach (string name in names.ToArray())
        {
            scope.TakeOver(name, inner);
        }
    }
}
