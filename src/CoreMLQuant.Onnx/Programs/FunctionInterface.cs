using System;
using System.Collections.Generic;
using System.Linq;
using CoreMLQuant.Mil;
using CoreMLQuant.Onnx.Graphs;
using CoreMLQuant.Specification.Schema;

namespace CoreMLQuant.Onnx.Programs;

/// <summary>What the description says about a function's inputs and outputs.</summary>
internal sealed class FunctionInterface
{
    private readonly Dictionary<string, FeatureDescription> _inputs;
    private readonly Dictionary<string, FeatureDescription> _outputs;

    private FunctionInterface(IEnumerable<FeatureDescription> inputs, IEnumerable<FeatureDescription> outputs, string predicted, string probabilities)
    {
        _inputs = ByName(inputs);
        _outputs = ByName(outputs);
        PredictedFeatureName = predicted;
        ProbabilitiesFeatureName = probabilities;
    }

    /// <summary>The feature that gives a classifier's label; empty when there is none.</summary>
    public string PredictedFeatureName { get; }

    /// <summary>The feature that gives a classifier's probabilities; empty when there is none.</summary>
    public string ProbabilitiesFeatureName { get; }

    /// <summary>The description of a function: its own in a model of several, the model's otherwise.</summary>
    public static FunctionInterface Of(ModelDescription? description, ProgramGraph program)
    {
        description ??= new ModelDescription();
        return description.Functions.FirstOrDefault(function => function.Name == program.FunctionName) is { } own
            ? new FunctionInterface(own.Input, own.Output, own.PredictedFeatureName, own.PredictedProbabilitiesName)
            : new FunctionInterface(description.Input, description.Output, description.PredictedFeatureName, description.PredictedProbabilitiesName);
    }

    /// <summary>Describes an input.</summary>
    public OnnxFeature Input(ValueNode value, OnnxValue tensor) => Describe(value, tensor, _inputs);

    /// <summary>Describes an output.</summary>
    public OnnxFeature Output(ValueNode value, OnnxValue tensor) => Describe(value, tensor, _outputs);

    private static OnnxFeature Describe(ValueNode value, OnnxValue tensor, Dictionary<string, FeatureDescription> features)
    {
        IReadOnlyList<long> shape = MilTypes.ShapeOf(value.Declaration.Type);
        features.TryGetValue(value.Name, out FeatureDescription? feature);
        return FeatureShapes.Describe(feature, value.Name, value.ElementType, tensor, shape);
    }

    private static Dictionary<string, FeatureDescription> ByName(IEnumerable<FeatureDescription> features) =>
        features.GroupBy(feature => feature.Name, StringComparer.Ordinal).ToDictionary(group => group.Key, group => group.First(), StringComparer.Ordinal);
}
