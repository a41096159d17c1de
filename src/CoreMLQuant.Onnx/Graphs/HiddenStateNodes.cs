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
}
