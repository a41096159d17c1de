using System.Linq;
using CoreMLQuant.Running;

namespace CoreMLQuant.Onnx.Graphs;

/// <summary>The hidden states that the weights of a recurrent operation are multiplied with: the state before each step instead of the one behind it.</summary>
internal static class HiddenStateNodes
{
    /// <summary>Lets the states of one direction be tapped, if somebody wants them.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="states">The states behind the steps, [length, batch, hidden].</param>
    /// <param name="initial">The state before the first step, [1, batch, hidden].</param>
    /// <param name="isBackward">Whether it is the second direction of an operation that runs both ways.</param>
    /// <param name="startsAtEnd">Whether the first step stands last.</param>
    public static void OfferHiddenStates(this GraphBuilder graph, OnnxValue states, OnnxValue initial, bool isBackward, bool startsAtEnd)
    {
        if (graph.HiddenStates is { } offered)
        {
            offered[HiddenStateNames.Of(graph.Origin, isBackward)] = startsAtEnd
                ? graph.Concat([graph.Slice(states, [1], [long.MaxValue], [0]), initial], 0)
                : graph.Concat([initial, graph.Slice(states, [0], [-1], [0])], 0);
        }
    }

    /// <summary>Lets the states be tapped that the reset gate of a GRU has scaled, if somebody wants them. The gate is computed once more: ONNX's operator does not give it.</summary>
    /// <param name="graph">The graph, whose hidden states of this operation are offered already.</param>
    /// <param name="gru">The layer, of one direction.</param>
    /// <param name="x">The sequence in the order of processing, [length, batch, features].</param>
    public static void OfferResetStates(this GraphBuilder graph, RecurrentLayer gru, OnnxValue x)
    {
        if (graph.HiddenStates is not { } offered)
        {
            return;
        }

        // ONNX has update, reset, hidden, and the biases of the recurrence behind those of the input.
        const int reset = 1, gates = 3;
        OnnxValue before = offered[HiddenStateNames.Of(graph.Origin, isBackward: false)];
        OnnxValue sum = graph.Plus(
            MatrixNodes.TimesTransposed(graph, x, Matrix(gru.Weights), Bias(reset)),
            MatrixNodes.TimesTransposed(graph, before, Matrix(gru.Recurrences), Bias(gates + reset)));
        offered[HiddenStateNames.BehindReset(graph.Origin)] = graph.Times(gru.Activations[0].Apply(graph, sum), before);

        OnnxValue Matrix(OnnxValue weights) => graph.Squeeze(graph.Slice(weights, [reset * gru.Hidden], [(reset + 1) * gru.Hidden], [1]), 0);

        OnnxValue? Bias(long part) => gru.Bias is { } bias ? graph.Squeeze(graph.Slice(bias, [part * gru.Hidden], [(part + 1) * gru.Hidden], [1]), 0) : null;
    }

    /// <summary>Lets the states be tapped that the gates of a GRU multiply, if its reset gate scales them before the product and somebody wants them.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="candidate">Which of the three gates meets the scaled ones.</param>
    public static void OfferStatesOfGates(this GraphBuilder graph, int candidate)
    {
        if (graph.HiddenStates is { } offered && offered.TryGetValue(HiddenStateNames.BehindReset(graph.Origin), out OnnxValue? scaled))
        {
            OnnxValue[] states = [.. Enumerable.Repeat(offered[HiddenStateNames.Of(graph.Origin, isBackward: false)], 3)];
            states[candidate] = scaled;
            offered[HiddenStateNames.OfGates(graph.Origin)] = graph.Concat(states, 2);
        }
    }
}
