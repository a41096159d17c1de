
namespace CoreMLQuant.Onnx.Graphs;

/// <summary>One direction of an LSTM that clips its cells, step by step: ONNX's LSTM clips what goes into the gates instead.</summary>
/// <param name="Weights">Weights of the input, [4 * hidden, features]; gates in the order input, forget, output, cell.</param>
/// <param name="Recurrences">Weights of the hidden state, [4 * hidden, hidden].</param>
/// <param name="Bias">[4 * hidden].</param>
/// <param name="Peepholes">[3 * hidden] for input, forget and output.</param>
/// <param name="Hidden">Size of the hidden state.</param>
/// <param name="Clip">Largest magnitude of a cell.</param>
/// <param name="Gate">Activation of the gates.</param>
/// <param name="Cell">Activation of what enters the cell.</param>
/// <param name="Output">Activation of the cell on its way out.</param>
internal sealed record ClippedLstm(
    OnnxValue Weights, OnnxValue Recurrences, OnnxValue? Bias, OnnxValue? Peepholes, long Hidden, float Clip, RecurrentActivation Gate, RecurrentActivation Cell, RecurrentActivation Output)
{
    /// <summary>Whether it is the second direction of a layer that runs both ways.</summary>
    public bool IsBackward { get; init; }

    /// <summary>Adds the steps.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="x">The sequence, [length, batch, features].</param>
    /// <param name="hidden">[batch, hidden].</param>
    /// <param name="cell">[batch, hidden].</param>
    /// <returns>All hidden states [length, batch, hidden], the last one, the last cells.</returns>
    public (OnnxValue Sequence, OnnxValue Hidden, OnnxValue Cell) Add(GraphBuilder graph, OnnxValue x, OnnxValue hidden, OnnxValue cell)
    {
        GraphBuilder step = graph.Nested();
        OnnxValue before = step.AddInput(OnnxTensorType.Float, ShapeNodes.Unknown(2)), memory = step.AddInput(OnnxTensorType.Float, ShapeNodes.Unknown(2));
        OnnxValue input = step.AddInput(OnnxTensorType.Float, ShapeNodes.Unknown(2));
        OnnxValue sum = step.Plus(MatrixNodes.TimesTransposed(step, input, Weights, Bias), MatrixNodes.TimesTransposed(step, before, Recurrences, null));
        OnnxValue enters = Gate.Apply(step, Looking(0, Part(0), memory)), stays = Gate.Apply(step, Looking(1, Part(1), memory));
        OnnxValue next = step.Plus(step.Times(stays, memory), step.Times(enters, Cell.Apply(step, Part(3))));
        next = step.Clipped(next, step.Constants.Float(-Clip), step.Constants.Float(Clip));
        OnnxValue after = step.Times(Gate.Apply(step, Looking(2, Part(2), next)), Output.Apply(step, next));
        step.AddOutput(after);
        step.AddOutput(next);
        step.AddOutput(after);

        OnnxValue lastHidden = new(OnnxTensorType.Float, [x.Dimension(1), Hidden]), lastCell = new(OnnxTensorType.Float, [x.Dimension(1), Hidden]);
        OnnxValue sequence = new(OnnxTensorType.Float, [x.Dimension(0), x.Dimension(1), Hidden]);
        graph.AddNode("Scan", [hidden, cell, x], [lastHidden, lastCell, sequence], [OnnxAttributes.Integer("num_scan_inputs", 1)], [new("body", step)]);
        graph.OfferHiddenStates(sequence, graph.Unsqueeze(hidden, 0), IsBackward, startsAtEnd: false);
        return (sequence, lastHidden, lastCell);

        OnnxValue Part(int gate) => step.Slice(sum, [gate * Hidden], [(gate + 1) * Hidden], [1]);

        OnnxValue Looking(int gate, OnnxValue value, OnnxValue at) => Peepholes is null
            ? value
            : step.Plus(value, step.Times(step.Slice(Peepholes, [gate * Hidden], [(gate + 1) * Hidden], [0]), at));
    }
}
