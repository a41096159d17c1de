using System.Collections.Generic;
using System.Linq;
using CoreMLQuant.Onnx.Graphs;
using CoreMLQuant.Specification.Schema;
using Kind = CoreMLQuant.Specification.Schema.Details.LayerDetails.LayerOneofCase;

namespace CoreMLQuant.Onnx.Networks.Layers;

/// <summary>Recurrent layers: each gate has matrices of its own; sequences and states have five axes.</summary>
internal static class RecurrentForms
{
    private const float DefaultClip = 50, UnreachedClip = 1000;

    // In ONNX's order.
    private static readonly string[] LstmGates = ["inputGate", "outputGate", "forgetGate", "blockInput"], LstmPeepholes = ["inputGate", "outputGate", "forgetGate"];
    private static readonly string[] ClippedGates = ["inputGate", "forgetGate", "outputGate", "blockInput"], ClippedPeepholes = ["inputGate", "forgetGate", "outputGate"];
    private static readonly string[] GruGates = ["updateGate", "resetGate", "outputGate"];

    /// <summary>The layers.</summary>
    public static IEnumerable<LayerForm> All =>
    [
        new LayerForm(Kind.SimpleRecurrent, Simple),
        new LayerForm(Kind.Gru, Gru) { Trap = "The reset gate is applied to the state, before the product." },
        new LayerForm(Kind.UniDirectionalLSTM, OneWay) { Trap = "Cells are clipped; what is not reachable is left out." },
        new LayerForm(Kind.BiDirectionalLSTM, BothWays) { Trap = "Cells are clipped; what is not reachable is left out." },
    ];

    private static IReadOnlyList<OnnxValue> Simple(LayerContext layer)
    {
        SimpleRecurrentLayerParams settings = layer.Layer.Message.SimpleRecurrent;
        var sequence = new RecurrentSequence(layer, settings.OutputVectorSize);
        GraphBuilder graph = layer.Graph;
        OnnxValue? bias = settings.HasBiasVector ? layer.OptionalWeight("biasVector", sequence.Hidden) : null;
        var recurrent = new RecurrentLayer("RNN", sequence.Hidden, Direction(settings.ReverseInput), settings.SequenceOutput)
        {
            Weights = RecurrentNodes.Directions(graph, [layer.Weight("weightMatrix", sequence.Hidden, -1)]),
            Recurrences = RecurrentNodes.Directions(graph, [layer.Weight("recursionMatrix", sequence.Hidden, sequence.Hidden)]),
            Bias = bias is null ? null : RecurrentNodes.Directions(graph, [RecurrentNodes.Biases(graph, bias, null, [0], sequence.Hidden)]),
            Activations = RecurrentActivations.Of(layer.Settings.SimpleRecurrent.Activation, "tanh"),
        };
        return recurrent.Add(graph, sequence.Value, sequence.State(1), null).Select(sequence.Blob).ToArray();
    }

    private static IReadOnlyList<OnnxValue> Gru(LayerContext layer)
    {
        GRULayerParams settings = layer.Layer.Message.Gru;
        var sequence = new RecurrentSequence(layer, settings.OutputVectorSize);
        GraphBuilder graph = layer.Graph;
        OnnxValue? bias = settings.HasBiasVectors ? sequence.Joined(GruGates.Select(gate => gate + "BiasVector")) : null;
        var recurrent = new RecurrentLayer("GRU", sequence.Hidden, Direction(settings.ReverseInput), settings.SequenceOutput)
        {
            Weights = RecurrentNodes.Directions(graph, [sequence.Joined(GruGates.Select(gate => gate + "WeightMatrix"), -1)]),
            Recurrences = RecurrentNodes.Directions(graph, [sequence.Joined(GruGates.Select(gate => gate + "RecursionMatrix"), sequence.Hidden)]),
            Bias = bias is null ? null : RecurrentNodes.Directions(graph, [RecurrentNodes.Biases(graph, bias, null, [0, 1, 2], sequence.Hidden)]),
            Activations = RecurrentActivations.Of(layer.Settings.Gru.Activation, "sigmoid", "tanh"),
        };
        return recurrent.Add(graph, sequence.Value, sequence.State(1), null).Select(sequence.Blob).ToArray();
    }

    private static IReadOnlyList<OnnxValue> OneWay(LayerContext layer)
    {
        UniDirectionalLSTMLayerParams settings = layer.Layer.Message.UniDirectionalLSTM;
        var sequence = new RecurrentSequence(layer, settings.OutputVectorSize);
        RecurrentActivation[] activations = RecurrentActivations.Of(layer.Settings.UniDirectionalLSTM.Activation, "sigmoid", "tanh", "tanh");
        LSTMParams lstm = settings.Params ?? new LSTMParams();
        OnnxValue hidden = sequence.State(1), cell = sequence.State(2);
        if (Clip(lstm, sequence) is not { } clip)
        {
            return Lstm(sequence, lstm, ["weightParams."], activations, Direction(settings.ReverseInput)).Add(layer.Graph, sequence.Value, hidden, cell).Select(sequence.Blob).ToArray();
        }

        OnnxValue x = settings.ReverseInput ? layer.Graph.Reversed(sequence.Value, 0) : sequence.Value;
        (OnnxValue all, OnnxValue last, OnnxValue lastCell) = Clipped(sequence, lstm, "weightParams.", activations, clip).Add(layer.Graph, x, hidden, cell);
        return new[] { lstm.SequenceOutput ? all : layer.Graph.Unsqueeze(last, 0), last, lastCell }.Select(sequence.Blob).ToArray();
    }

    private static IReadOnlyList<OnnxValue> BothWays(LayerContext layer)
    {
        BiDirectionalLSTMLayerParams settings = layer.Layer.Message.BiDirectionalLSTM;
        var sequence = new RecurrentSequence(layer, settings.OutputVectorSize);
        GraphBuilder graph = layer.Graph;
        RecurrentActivation[] forward = RecurrentActivations.Of(layer.Settings.BiDirectionalLSTM.Activation, "sigmoid", "tanh", "tanh");
        RecurrentActivation[] backward = RecurrentActivations.Of(layer.Settings.BiDirectionalLSTM.Backward, "sigmoid", "tanh", "tanh");
        LSTMParams lstm = settings.Params ?? new LSTMParams();
        if (Clip(lstm, sequence) is { } clip)
        {
            (OnnxValue Sequence, OnnxValue Hidden, OnnxValue Cell) one = Clipped(sequence, lstm, "weightParams[0].", forward, clip).Add(graph, sequence.Value, sequence.State(1), sequence.State(2));
            (OnnxValue Sequence, OnnxValue Hidden, OnnxValue Cell) other = (Clipped(sequence, lstm, "weightParams[1].", backward, clip) with { IsBackward = true })
                .Add(graph, graph.Reversed(sequence.Value, 0), sequence.State(3), sequence.State(4));
            OnnxValue output = lstm.SequenceOutput
                ? graph.Concat([one.Sequence, graph.Reversed(other.Sequence, 0)], 2)
                : graph.Unsqueeze(graph.Concat([one.Hidden, other.Hidden], 1), 0);
            return new[] { output, one.Hidden, one.Cell, other.Hidden, other.Cell }.Select(sequence.Blob).ToArray();
        }

        OnnxValue hidden = graph.Concat([sequence.State(1), sequence.State(3)], 1), cell = graph.Concat([sequence.State(2), sequence.State(4)], 1);
        IReadOnlyList<OnnxValue> results = Lstm(sequence, lstm, ["weightParams[0].", "weightParams[1]."], [.. forward, .. backward], "bidirectional")
            .Add(graph, sequence.Value, hidden, cell);
        return new[] { results[0], Half(results[1], 0), Half(results[2], 0), Half(results[1], 1), Half(results[2], 1) }.Select(sequence.Blob).ToArray();

        OnnxValue Half(OnnxValue state, long index) => graph.Slice(state, [index * sequence.Hidden], [(index + 1) * sequence.Hidden], [1]);
    }

    private static RecurrentLayer Lstm(RecurrentSequence sequence, LSTMParams lstm, string[] prefixes, RecurrentActivation[] activations, string direction)
    {
        GraphBuilder graph = sequence.Graph;
        return new RecurrentLayer("LSTM", sequence.Hidden, direction, lstm.SequenceOutput)
        {
            Weights = RecurrentNodes.Directions(graph, prefixes.Select(prefix => Gates(sequence, prefix, LstmGates, "WeightMatrix", -1)).ToArray()),
            Recurrences = RecurrentNodes.Directions(graph, prefixes.Select(prefix => Gates(sequence, prefix, LstmGates, "RecursionMatrix", sequence.Hidden)).ToArray()),
            Bias = lstm.HasBiasVectors || lstm.ForgetBias
                ? RecurrentNodes.Directions(graph, prefixes.Select(prefix => RecurrentNodes.Biases(graph, Bias(sequence, lstm, prefix, LstmGates), null, [0, 1, 2, 3], sequence.Hidden)).ToArray())
                : null,
            Peepholes = lstm.HasPeepholeVectors
                ? RecurrentNodes.Directions(graph, prefixes.Select(prefix => Gates(sequence, prefix, LstmPeepholes, "PeepholeVector")).ToArray())
                : null,
            Activations = activations,
            CouplesInputAndForget = lstm.CoupledInputAndForgetGate,
        };
    }

    private static ClippedLstm Clipped(RecurrentSequence sequence, LSTMParams lstm, string prefix, RecurrentActivation[] activations, float clip) => lstm.CoupledInputAndForgetGate
        ? throw new NotTranslatableException("its gates are coupled and its cells clipped.")
        : new ClippedLstm(
            Gates(sequence, prefix, ClippedGates, "WeightMatrix", -1),
            Gates(sequence, prefix, ClippedGates, "RecursionMatrix", sequence.Hidden),
            lstm.HasBiasVectors || lstm.ForgetBias ? Bias(sequence, lstm, prefix, ClippedGates) : null,
            lstm.HasPeepholeVectors ? Gates(sequence, prefix, ClippedPeepholes, "PeepholeVector") : null,
            sequence.Hidden,
            clip,
            activations[0],
            activations[1],
            activations[2]);

    private static OnnxValue Gates(RecurrentSequence sequence, string prefix, string[] gates, string kind, params long[] columns) =>
        sequence.Joined(gates.Select(gate => prefix + gate + kind), columns);

    private static OnnxValue Bias(RecurrentSequence sequence, LSTMParams lstm, string prefix, string[] gates)
    {
        GraphBuilder graph = sequence.Graph;
        OnnxValue? own = lstm.HasBiasVectors ? Gates(sequence, prefix, gates, "BiasVector") : null;
        if (!lstm.ForgetBias)
        {
            return own!;
        }

        // 1 more for the forget gate.
        float[] ones = gates.SelectMany(gate => Enumerable.Repeat(gate == "forgetGate" ? 1f : 0, checked((int)sequence.Hidden))).ToArray();
        OnnxValue more = graph.Constants.Floats(ones, [ones.Length]);
        return own is null ? more : graph.Plus(own, more);
    }

    // Where an LSTM's block input is within 1, a cell grows by 1 in a step at most.
    private static float? Clip(LSTMParams lstm, RecurrentSequence sequence)
    {
        float clip = lstm.CellClipThreshold == 0 ? DefaultClip : lstm.CellClipThreshold;
        return clip >= UnreachedClip || sequence.Value.Dimension(0) is >= 0 and var length && length < clip ? null : clip;
    }

    private static string Direction(bool isReversed) => isReversed ? "reverse" : "forward";
}
