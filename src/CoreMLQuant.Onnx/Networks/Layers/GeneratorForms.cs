using System.Collections.Generic;
using System.Linq;
using CoreMLQuant.Onnx.Graphs;
using CoreMLQuant.Specification.Schema.Details;
using Kind = CoreMLQuant.Specification.Schema.Details.LayerDetails.LayerOneofCase;

namespace CoreMLQuant.Onnx.Networks.Layers;

/// <summary>Layers that make values of numbers, and those that repeat them to a shape.</summary>
internal static class GeneratorForms
{
    private const int MaximumRange = 1 << 16;

    /// <summary>The layers.</summary>
    public static IEnumerable<LayerForm> All =>
    [
        LayerForm.Of(Kind.RangeStatic, Range),
        LayerForm.Of(Kind.RangeDynamic, DynamicRange),
        LayerForm.Of(Kind.FillLike, layer => Filled(layer, layer.Settings.FillLike.Value, layer.Graph.ShapeOf(layer.X))),
        LayerForm.Of(Kind.FillStatic, layer => Filled(layer, layer.Settings.FillStatic.Value, layer.Graph.Constants.Int64s(LayerContext.Counts(layer.Settings.FillStatic.TargetShape)))),
        LayerForm.Of(Kind.FillDynamic, layer => Filled(layer, layer.Settings.FillDynamic.Value, layer.Sizes(0))),
        LayerForm.Of(Kind.BroadcastToLike, layer => layer.Graph.Expand(layer.X, layer.Graph.ShapeOf(layer.Input(1)))),
        LayerForm.Of(Kind.BroadcastToStatic, layer => layer.Graph.Expand(layer.X, layer.Graph.Constants.Int64s(layer.Settings.BroadcastToStatic.TargetShape.ToArray()))),
        LayerForm.Of(Kind.BroadcastToDynamic, layer => layer.Graph.Expand(layer.X, layer.Sizes(1))),
    ];

    private static OnnxValue Filled(LayerContext layer, float value, OnnxValue shape) => layer.Graph.Expand(layer.Graph.Constants.Float(value), shape);

    private static OnnxValue Range(LayerContext layer)
    {
        RangeDetails settings = layer.Settings.RangeStatic;
        double step = settings.StepSizeValue, count = System.Math.Ceiling((settings.EndValue - (double)settings.StartValue) / step);
        if (!(count is >= 0 and <= MaximumRange))
        {
            throw new NotTranslatableException("its numbers are none, or more than 65536.");
        }

        float[] numbers = Enumerable.Range(0, (int)count).Select(i => (float)(settings.StartValue + (i * step))).ToArray();
        OnnxValue range = layer.Graph.Constants.Floats(numbers, [numbers.Length]);
        if (numbers.All(number => number % 1 == 0))
        {
            layer.Translator.Integers.Remember(range, layer.Graph.Constants.Int64s(numbers.Select(number => (long)number).ToArray()));
        }

        return range;
    }

    // End; end and start; end, start and step.
    private static OnnxValue DynamicRange(LayerContext layer)
    {
        GraphBuilder graph = layer.Graph;
        RangeDetails settings = layer.Settings.RangeDynamic;
        OnnxValue end = layer.Scalar(0);
        OnnxValue start = layer.InputCount > 1 ? layer.Scalar(1) : graph.Constants.Float(settings.StartValue);
        OnnxValue step = layer.InputCount > 2 ? layer.Scalar(2) : graph.Constants.Float(settings.StepSizeValue == 0 ? 1 : settings.StepSizeValue);
        return graph.Add("Range", OnnxTensorType.Float, [-1], [start, end, step]);
    }
}
