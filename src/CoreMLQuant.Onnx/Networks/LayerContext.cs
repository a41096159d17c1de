using System;
using System.Collections.Generic;
using System.Linq;
using CoreMLQuant.NeuralNetworks;
using CoreMLQuant.Onnx.Graphs;
using CoreMLQuant.Specification.Schema.Details;

namespace CoreMLQuant.Onnx.Networks;

/// <summary>A layer that is being translated: its inputs and weights as tensors, its settings, and the graph that takes its nodes.</summary>
internal sealed class LayerContext(NetworkLayer layer, LayerDetails settings, NetworkScope scope, LayerTranslator translator)
{
    /// <summary>The layer with its weights.</summary>
    public NetworkLayer Layer => layer;

    /// <summary>Its settings.</summary>
    public LayerDetails Settings => settings;

    /// <summary>What blobs are here.</summary>
    public NetworkScope Scope => scope;

    /// <summary>The graph that takes the nodes.</summary>
    public GraphBuilder Graph => scope.Graph;

    /// <summary>Translates the layer's networks.</summary>
    public LayerTranslator Translator => translator;

    /// <summary>Whether blobs have the five axes sequence, batch, channels, height and width whatever the shape of the feature.</summary>
    public bool HasFiveAxes => translator.HasFiveAxes;

    /// <summary>Number of inputs.</summary>
    public int InputCount => layer.Message.Input.Count;

    /// <summary>Number of outputs.</summary>
    public int OutputCount => layer.Message.Output.Count;

    /// <summary>The rank that the layer gives for its first output; <see langword="null"/> when it gives none.</summary>
    public int? StatedOutputRank => settings.OutputTensor.Count > 0 && settings.OutputTensor[0].Rank is > 0 and <= LayerRanks.Largest and var rank ? (int)rank : null;

    /// <summary>The only input, or the first.</summary>
    public OnnxValue X => Input(0);

    /// <summary>All inputs.</summary>
    public IReadOnlyList<OnnxValue> Inputs => Enumerable.Range(0, InputCount).Select(Input).ToArray();

    /// <summary>An input.</summary>
    /// <exception cref="NotTranslatableException">There is none, or nothing has written it.</exception>
    public OnnxValue Input(int index) => index >= InputCount
        ? throw new NotTranslatableException($"it has {InputCount} inputs; at least {index + 1} are needed.")
        : scope.Find(layer.Message.Input[index])
            ?? throw new NotTranslatableException($"it uses '{layer.Message.Input[index]}', which nothing before it makes.");

    /// <summary>An input that may be left out.</summary>
    public OnnxValue? Optional(int index) => index < InputCount ? Input(index) : null;

    /// <summary>An input that holds indices or sizes, as 64-bit integers.</summary>
    public OnnxValue Integers(int index) => translator.Integers.Of(Graph, Input(index));

    /// <summary>The same as a vector.</summary>
    public OnnxValue Sizes(int index) => Integers(index) is { Rank: 1 } vector ? vector : Graph.Reshape(Integers(index), -1);

    /// <summary>The same as the only number, for a scalar: a blob has one axis at least.</summary>
    public OnnxValue Scalar(int index) => Graph.Reshape(Input(index));

    /// <summary>Number of dimensions.</summary>
    /// <exception cref="NotTranslatableException">It is not known.</exception>
    public int Rank(OnnxValue x) => x.Rank ?? throw new NotTranslatableException("the rank of its input is not known.");

    /// <summary>Number of dimensions, which has to be large enough.</summary>
    /// <exception cref="NotTranslatableException">It is not known or too small.</exception>
    public int RankFrom(OnnxValue x, int least) => Rank(x) is var rank && rank >= least
        ? rank
        : throw new NotTranslatableException($"its input has {rank} axes; at least {least} are needed.");

    /// <summary>An axis of the first input, counted from the front.</summary>
    public int Axis(long axis) => ShapeArithmetic.Axis(axis, Rank(X));

    /// <summary>A weight.</summary>
    /// <exception cref="NotTranslatableException">The layer does not have it.</exception>
    public OnnxValue Weight(string name, params long[] shape) =>
        OptionalWeight(name, shape) ?? throw new NotTranslatableException($"its weight '{name}' is missing.");

    /// <summary>A weight; <see langword="null"/> when the layer does not have it.</summary>
    public OnnxValue? OptionalWeight(string name, params long[] shape) => translator.Weights.Find(layer, name, shape.Length == 0 ? null : shape);

    /// <summary>The number of a setting that counts something.</summary>
    public static long Count(ulong value) => value <= long.MaxValue ? (long)value : throw new OverflowException();

    /// <summary>The numbers of such settings.</summary>
    public static long[] Counts(IEnumerable<ulong> values) => values.Select(Count).ToArray();

    /// <summary>Numbers as the floats that a blob holds; that they are integers is remembered.</summary>
    public OnnxValue Blob(OnnxValue integers) => translator.Integers.ToBlob(Graph, integers);
}
