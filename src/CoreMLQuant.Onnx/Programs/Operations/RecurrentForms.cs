using System.Collections.Generic;
using System.Linq;
using CoreMLQuant.Onnx.Graphs;

namespace CoreMLQuant.Onnx.Programs.Operations;

/// <summary>Recurrent layers: sequences first, batch second.</summary>
internal static class RecurrentForms
{
    private const string ReverseTrap = "Backwards, outputs come in the order of processing.";

    // Gates in Core ML's order, as positions of ONNX's: input, output, forget, cell of input, forget, output, cell.
    private static readonly int[] LstmGates = [0, 2, 1, 3];
    private static readonly int[] LstmPeepholes = [0, 2, 1];

    // Update, reset, hidden of reset, output, update.
    private static readonly int[] GruGates = [2, 0, 1];
    private const int GruCandidate = 1;

    /// <summary>The operations.</summary>
    public static IEnumerable<OperationForm> All =>
    [
        new OperationForm("lstm", Lstm) { Trap = ReverseTrap },
        new OperationForm("gru", Gru) { Trap = ReverseTrap },
        new OperationForm("rnn", Rnn) { Trap = ReverseTrap },
    ];

    private static IReadOnlyList<OnnxValue> Lstm(OperationContext context)
    {
        GraphBuilder graph = context.Graph;
        if (context.Has("clip"))
        {
            return ClippedLstm(context);
        }

        bool isBidirectional = context.Text("direction", "forward") == "bidirectional";
        string[] suffixes = isBidirectional ? ["", "_back"] : [""];
        long hidden = context.Input("weight_hh").Dimension(-1);
        OnnxValue[] biases = suffixes.Select(suffix => "bias" + suffix).Where(context.Has).Select(context.Input).ToArray();
        OnnxValue? bias = biases.Length == 0 ? null : RecurrentNodes.Directions(graph, suffixes.Select(suffix =>
            RecurrentNodes.Biases(graph, context.Optional("bias" + suffix), null, LstmGates, hidden)).ToArray());
        OnnxValue? peepholes = suffixes.All(suffix => context.Has("peephole" + suffix))
            ? RecurrentNodes.Directions(graph, suffixes.Select(suffix => RecurrentNodes.Ordered(graph, context.Input("peephole" + suffix), LstmPeepholes, hidden)).ToArray())
            : null;
        RecurrentActivation[] activations = [Activation(context, "recurrent_activation", "sigmoid"), Activation(context, "cell_activation", "tanh"), Activation(context, "activation", "tanh")];
        var layer = new RecurrentLayer("LSTM", hidden, context.Text("direction", "forward"), context.Flag("output_sequence", false))
        {
            Weights = Matrices("weight_ih"),
            Recurrences = Matrices("weight_hh"),
            Bias = bias,
            Peepholes = peepholes,
            Activations = isBidirectional ? [.. activations, .. activations] : activations,
        };
        return layer.Add(graph, context.Input("x"), context.Input("initial_h"), context.Input("initial_c"));

        OnnxValue Matrices(string name) =>
            RecurrentNodes.Directions(graph, suffixes.Select(suffix => RecurrentNodes.Ordered(graph, context.Input(name + suffix), LstmGates, hidden)).ToArray());
    }

    private static IReadOnlyList<OnnxValue> ClippedLstm(OperationContext context)
    {
        GraphBuilder graph = context.Graph;
        string direction = context.Text("direction", "forward");
        OnnxValue x = context.Input("x"), hidden = context.Input("initial_h"), cell = context.Input("initial_c");
        long size = context.Input("weight_hh").Dimension(-1);
        if (direction != "bidirectional")
        {
            (OnnxValue sequence, OnnxValue last, OnnxValue lastCell) = Direction(string.Empty).Add(graph, direction == "reverse" ? graph.Reversed(x, 0) : x, hidden, cell);
            return [context.Flag("output_sequence", false) ? sequence : graph.Unsqueeze(last, 0), last, lastCell];
        }

        (OnnxValue Sequence, OnnxValue Hidden, OnnxValue Cell) forward = Direction(string.Empty).Add(graph, x, Half(hidden, 0), Half(cell, 0));
        (OnnxValue Sequence, OnnxValue Hidden, OnnxValue Cell) backward = (Direction("_back") with { IsBackward = true }).Add(graph, graph.Reversed(x, 0), Half(hidden, 1), Half(cell, 1));
        OnnxValue both = graph.Concat([forward.Hidden, backward.Hidden], 1);
        OnnxValue output = context.Flag("output_sequence", false)
            ? graph.Concat([forward.Sequence, graph.Reversed(backward.Sequence, 0)], 2)
            : graph.Unsqueeze(both, 0);
        return [output, both, graph.Concat([forward.Cell, backward.Cell], 1)];

        OnnxValue Half(OnnxValue state, long index) => graph.Slice(state, [index * size], [(index + 1) * size], [1]);

        ClippedLstm Direction(string suffix) => new(
            context.Input("weight_ih" + suffix),
            context.Input("weight_hh" + suffix),
            context.Optional("bias" + suffix),
            context.Optional("peephole" + suffix),
            size,
            context.Number("clip"),
            Activation(context, "recurrent_activation", "sigmoid"),
            Activation(context, "cell_activation", "tanh"),
            Activation(context, "activation", "tanh"));
    }

    private static IReadOnlyList<OnnxValue> Gru(OperationContext context)
    {
        GraphBuilder graph = context.Graph;
        long hidden = context.Input("weight_hh").Dimension(-1);
        bool resetsAfter = context.Flag("reset_after", false);
        OnnxValue? bias = context.Optional("bias"), inputBias = context.Optional("input_bias");
        OnnxValue? both = bias is null && inputBias is null
            ? null
            : RecurrentNodes.Directions(graph, [resetsAfter
                ? RecurrentNodes.Biases(graph, inputBias, bias, GruGates, hidden)
                : RecurrentNodes.Biases(graph, bias, inputBias, GruGates, hidden)]);
        var layer = new RecurrentLayer("GRU", hidden, context.Text("direction", "forward"), context.Flag("output_sequence", false))
        {
            Weights = RecurrentNodes.Directions(graph, [RecurrentNodes.Ordered(graph, context.Input("weight_ih"), GruGates, hidden)]),
            Recurrences = RecurrentNodes.Directions(graph, [RecurrentNodes.Ordered(graph, context.Input("weight_hh"), GruGates, hidden)]),
            Bias = both,
            Activations = [Activation(context, "recurrent_activation", "sigmoid"), Activation(context, "activation", "tanh")],
            ResetsAfter = resetsAfter,
        };
        IReadOnlyList<OnnxValue> results = layer.Add(graph, context.Input("x"), context.Input("initial_h"), null);
        graph.OfferStatesOfGates(GruCandidate);
        return results;
    }

    private static IReadOnlyList<OnnxValue> Rnn(OperationContext context)
    {
        GraphBuilder graph = context.Graph;
        long hidden = context.Input("weight_hh").Dimension(-1);
        var layer = new RecurrentLayer("RNN", hidden, context.Text("direction", "forward"), context.Flag("output_sequence", false))
        {
            Weights = RecurrentNodes.Directions(graph, [context.Input("weight_ih")]),
            Recurrences = RecurrentNodes.Directions(graph, [context.Input("weight_hh")]),
            Bias = context.Optional("bias") is { } bias ? RecurrentNodes.Directions(graph, [RecurrentNodes.Biases(graph, bias, null, [0], hidden)]) : null,
            Activations = [Activation(context, "activation", "tanh")],
        };
        return layer.Add(graph, context.Input("x"), context.Input("initial_h"), null);
    }

    private static RecurrentActivation Activation(OperationContext context, string name, string otherwise) => RecurrentActivation.Of(context.Text(name, otherwise));
}
