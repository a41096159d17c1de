using System;
using System.Collections.Generic;
using System.Linq;
using CoreMLQuant.Onnx.Graphs;
using CoreMLQuant.Onnx.Schema;
using CoreMLQuant.Specification.Schema.Details;
using Kind = CoreMLQuant.Specification.Schema.Details.LayerDetails.LayerOneofCase;

namespace CoreMLQuant.Onnx.Networks.Layers;

/// <summary>Layers that put elements by index: container, indices, updates.</summary>
internal static class ScatterForms
{
    private const string Trap = "Of several updates of one place the last one in memory wins; Core ML leaves it undefined.";

    private const int Subtract = 2, Divide = 4;

    // By their numbers; what is subtracted or divided by is turned around and added or multiplied.
    private static readonly string?[] Reductions = [null, "add", "add", "mul", "mul", "max", "min"];

    /// <summary>The layers.</summary>
    public static IEnumerable<LayerForm> All =>
    [
        LayerForm.Of(Kind.Scatter, Scatter) with { Trap = Trap },
        LayerForm.Of(Kind.ScatterND, layer => Put(layer, "ScatterND", layer.X, GatherForms.Positions(layer.Graph, layer.X, layer.Integers(1)), layer.Input(2), layer.Settings.ScatterND.Mode)) with { Trap = Trap },
        LayerForm.Of(Kind.ScatterAlongAxis, AlongAxis) with { Trap = Trap },
    ];

    private static OnnxValue Scatter(LayerContext layer)
    {
        GraphBuilder graph = layer.Graph;
        ScatterDetails settings = layer.Settings.Scatter;
        OnnxValue indices = layer.Integers(1);
        int rank = layer.Rank(layer.X), indexRank = layer.Rank(indices), axis = layer.Axis(settings.Axis);

        // ScatterND puts along the first axis: the indices' axes of the updates go to the front with it.
        int[] order = [.. Enumerable.Range(axis, indexRank), .. Enumerable.Range(0, axis), .. Enumerable.Range(axis + indexRank, rank - 1 - axis)];
        OnnxValue positions = graph.Unsqueeze(graph.Within(indices, layer.X, axis), indexRank);
        OnnxValue scattered = Put(layer, "ScatterND", graph.MoveAxis(layer.X, rank, axis, 0), positions, graph.Transpose(layer.Input(2), order), settings.Mode);
        return graph.MoveAxis(scattered, rank, 0, axis);
    }

    private static OnnxValue AlongAxis(LayerContext layer)
    {
        ScatterDetails settings = layer.Settings.ScatterAlongAxis;
        int axis = layer.Axis(settings.Axis);
        OnnxValue indices = layer.Graph.Within(layer.Integers(1), layer.X, axis);
        return Put(layer, "ScatterElements", layer.X, indices, layer.Input(2), settings.Mode, OnnxAttributes.Integer("axis", axis));
    }

    private static OnnxValue Put(
        LayerContext layer, string operatorType, OnnxValue data, OnnxValue indices, OnnxValue updates, int mode, params AttributeProto[] attributes)
    {
        if (mode < 0 || mode >= Reductions.Length)
        {
            throw new NotTranslatableException($"its mode {mode} is not known.");
        }

        OnnxValue turned = mode switch
        {
            Subtract => layer.Graph.Unary("Neg", updates),
            Divide => layer.Graph.Unary("Reciprocal", updates),
            _ => updates,
        };
        return layer.Graph.Add(
            operatorType, data.Type, data.Shape, [data, indices, turned], [.. attributes, .. Reductions[mode] is { } reduction ? [OnnxAttributes.Text("reduction", reduction)] : Array.Empty<AttributeProto>()]);
    }
}
