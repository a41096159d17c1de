using System.Collections.Generic;
using System.Linq;

namespace CoreMLQuant.Onnx.Graphs;

/// <summary>Weights of recurrent layers in ONNX's order of gates.</summary>
internal static class RecurrentNodes
{
    /// <summary>Puts the blocks of a weight, one for each gate along the first axis, into another order.</summary>
    public static OnnxValue Ordered(GraphBuilder graph, OnnxValue weight, IReadOnlyList<int> order, long hidden) => hidden < 1
        ? throw new NotTranslatableException("the size of its hidden state is not known.")
        : order.Count == 1
            ? weight
            : graph.Concat(order.Select(gate => graph.Slice(weight, [gate * hidden], [(gate + 1) * hidden], [0])).ToArray(), 0);

    /// <summary>The biases of input and recurrence, in one row; zeros where there is none.</summary>
    public static OnnxValue Biases(GraphBuilder graph, OnnxValue? input, OnnxValue? recurrence, IReadOnlyList<int> order, long hidden)
    {
        return graph.Concat([Part(input), Part(recurrence)], 0);

        OnnxValue Part(OnnxValue? bias) => bias is null
            ? graph.Constants.Repeated(0, checked(order.Count * hidden))
            : Ordered(graph, bias, order, hidden);
    }

    /// <summary>Weights of one direction or both, along an axis in front.</summary>
    public static OnnxValue Directions(GraphBuilder graph, IReadOnlyList<OnnxValue> weights) =>
        graph.Concat(weights.Select(weight => graph.Unsqueeze(weight, 0)).ToArray(), 0);
}

/// <summary>A recurrent layer over a sequence [length, batch, features].</summary>
/// <param name="Operator"><c>LSTM</c>, <c>GRU</c> or <c>RNN</c>.</param>
/// <param name="Hidden">Size of the hidden state.</param>
/// <param name="Direction"><c>forward</c>, <c>reverse</c> or <c>bidirectional</c>, as Core ML means them.</param>
/// <param name="GivesSequence">Whether the output holds all steps, not only the last.</param>
internal sealed record RecurrentLayer(string Operator, long Hidden, string Direction, bool GivesSequence)
{
    /// <summary>Weights of the input, [directions, gates * hidden, features].</summary>
    public required OnnxValue Weights { get; init; }

    /// <summary>Weights of the hidden state, [directions, gates * hidden, hidden].</summary>
    public required OnnxValue Recurrences { get; init; }

    /// <summary>Biases, [directions, 2 * gates * hidden].</summary>
    public OnnxValue? Bias { get; init; }

    /// <summary>Peepholes of an LSTM, [directions, 3 * hidden].</summary>
    public OnnxValue? Peepholes { get; init; }

    /// <summary>Activations in ONNX's order, those of both directions.</summary>
    public required IReadOnlyList<RecurrentActivation> Activations { get; init; }

    /// <summary>Whether a GRU applies its reset gate to the product instead of to the state.</summary>
    public bool ResetsAfter { get; init; }

    /// <summary>Whether an LSTM forgets as much as it takes in.</summary>
    public bool CouplesInputAndForget { get; init; }

    /// <summary>Adds the layer.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="x">The sequence, [length, batch, features].</param>
    /// <param name="initialHidden">[batch, directions * hidden].</param>
    /// <param name="initialCell">The same for an LSTM's cells.</param>
    /// <returns>Output, last hidden state, and last cells of an LSTM.</returns>
    public IReadOnlyList<OnnxValue> Add(GraphBuilder graph, OnnxValue x, OnnxValue initialHidden, OnnxValue? initialCell)
    {
        if (Direction is not ("forward" or "reverse" or "bidirectional"))
        {
            throw new NotTranslatableException($"its direction '{Direction}' is not known.");
        }

        long directions = Direction == "bidirectional" ? 2 : 1;

        // Outputs of the reverse direction stay in the order of processing, so the input is turned around instead.
        x = Direction == "reverse" ? graph.Reversed(x, 0) : x;
        long length = x.Dimension(0), batch = x.Dimension(1);
        OnnxValue sequence = new(OnnxTensorType.Float, [length, directions, batch, Hidden]);
        OnnxValue hidden = new(OnnxTensorType.Float, [directions, batch, Hidden]);
        OnnxValue? cell = initialCell is null ? null : new(OnnxTensorType.Float, [directions, batch, Hidden]);
        OnnxValue?[] inputs = [x, Weights, Recurrences, Bias, null, Initial(initialHidden), initialCell is null ? null : Initial(initialCell), Peepholes];
        List<Schema.AttributeProto> attributes =
        [
            OnnxAttributes.Integer("hidden_size", Hidden),
            OnnxAttributes.Text("direction", directions == 2 ? "bidirectional" : "forward"),
            OnnxAttributes.Texts("activations", Activations.Select(activation => activation.Operator)),
            .. Numbers("activation_alpha", Activations.Select(activation => activation.Alpha)),
            .. Numbers("activation_beta", Activations.Select(activation => activation.Beta)),
        ];
        if (ResetsAfter)
        {
            attributes.Add(OnnxAttributes.Flag("linear_before_reset", true));
        }

        if (CouplesInputAndForget)
        {
            attributes.Add(OnnxAttributes.Flag("input_forget", true));
        }

        graph.AddNode(Operator, inputs, cell is null ? [sequence, hidden] : [sequence, hidden, cell], attributes, []);
        for (int direction = 0; graph.HiddenStates is not null && direction < directions; direction++)
        {
            // ONNX has the second direction in the order of the input.
            graph.OfferHiddenStates(
                graph.Squeeze(graph.Slice(sequence, [direction], [direction + 1], [1]), 1),
                graph.Slice(inputs[5]!, [direction], [direction + 1], [0]),
                isBackward: direction > 0,
                startsAtEnd: direction > 0);
        }

        if (Operator == "GRU" && !ResetsAfter && directions == 1)
        {
            graph.OfferResetStates(this, x);
        }

        OnnxValue last = Joined(hidden);
        OnnxValue output = GivesSequence
            ? Merged(graph.Transpose(sequence, 0, 2, 1, 3), 2)
            : graph.Unsqueeze(last, 0);
        return cell is null ? [output, last] : [output, last, Joined(cell)];

        OnnxValue Initial(OnnxValue state) => directions == 1
            ? graph.Unsqueeze(state, 0)
            : graph.Transpose(graph.Reshape(state, -1, directions, Hidden), 1, 0, 2);

        OnnxValue Joined(OnnxValue state) => directions == 1 ? graph.Squeeze(state, 0) : Merged(graph.Transpose(state, 1, 0, 2), 1);

        OnnxValue Merged(OnnxValue value, int axis)
        {
            OnnxValue[] sizes = Enumerable.Range(0, axis).Select(i => graph.SizeOf(value, i)).ToArray();
            return graph.ReshapeTo(value, graph.Concat([.. sizes, graph.Constants.Int64s([directions * Hidden])], 0));
        }
    }

    private static IEnumerable<Schema.AttributeProto> Numbers(string name, IEnumerable<float?> numbers)
    {
        float[] given = numbers.OfType<float>().ToArray();
        return given.Length == 0 ? [] : [OnnxAttributes.Numbers(name, given)];
    }
}
