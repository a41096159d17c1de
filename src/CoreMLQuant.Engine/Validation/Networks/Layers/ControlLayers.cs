using System.Collections.Generic;
using System.Linq;
using CoreMLQuant.Specification.Schema;
using Kind = CoreMLQuant.Specification.Schema.Details.LayerDetails.LayerOneofCase;

namespace CoreMLQuant.Validation.Networks.Layers;

/// <summary>Rules for branches, loops, copies and custom layers; what their networks do: <see cref="ControlFlow"/>.</summary>
internal static class ControlLayers
{
    /// <summary>The rules.</summary>
    public static readonly LayerRule[] Rules =
    [
        new(4, Count.One, Count.Any, Kind.Branch)
        {
            Settings = layer => Scalar(layer).Concat(LayerContext.Unmet((layer.Layer.Branch.IfBranch is { Layers.Count: > 0 }, "'ifBranch' has no layers."))),
        },
        new(4, new Count(0, 1), Count.Any, Kind.Loop) { Settings = layer => Scalar(layer).Concat(Loop(layer)) },
        new(4, Count.Any, Count.Any, Kind.LoopBreak, Kind.LoopContinue)
        {
            Settings = layer => LayerContext.Unmet((layer.Scope.LoopDepth > 0, "there is no loop around; the layer stands in the body of a loop.")),
        },
        new(4, Count.One, Count.One, Kind.Copy)
        {
            Settings = layer => LayerContext.Unmet((layer.Inputs == 0 || layer.Outputs == 0 || layer.Layer.Input[0] != layer.Layer.Output[0], "input and output are the same.")),
        },
        new(2, Count.Some, Count.Some, Kind.Custom) { Settings = Custom },
    ];

    private static IEnumerable<string> Scalar(LayerContext layer) => LayerContext.Unmet((
        layer.Details.InputTensor.Count == 0 || layer.Details.InputTensor[0].DimValue.All(dimension => dimension <= 1),
        "the input is a condition, which is a single value."));

    private static IEnumerable<string> Loop(LayerContext layer)
    {
        LoopLayerParams loop = layer.Layer.Loop;
        bool hasCondition = loop.ConditionNetwork is { Layers.Count: > 0 };
        return LayerContext.Unmet(
            (loop.BodyNetwork is { Layers.Count: > 0 }, "'bodyNetwork' has no layers."),
            (hasCondition == loop.ConditionVar.Length > 0, "'conditionVar' is set when there is a 'conditionNetwork', and only then."),
            (hasCondition || loop.MaxLoopIterations > 0 || layer.Inputs > 0, "nothing ends the loop: it has no condition, no input and no 'maxLoopIterations'."));
    }

    private static IEnumerable<string> Custom(LayerContext layer) => LayerContext.Unmet(
        (layer.Layer.Custom.ClassName.Length > 0, "'className' is not set; Core ML finds the implementation by it."),
        (layer.Layer.Custom.Weights.All(HasValues), "an entry of 'weights' holds no values."));

    private static bool HasValues(WeightParams weight) =>
        weight.FloatValue.Length + weight.Float16Value.Length + weight.RawValue.Length + weight.Int8RawValue.Length > 0;
}
