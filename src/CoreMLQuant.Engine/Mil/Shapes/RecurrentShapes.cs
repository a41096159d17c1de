using System.Collections.Generic;
using System.Linq;

namespace CoreMLQuant.Mil.Shapes;

/// <summary>Recurrent layers over [length, batch, features].</summary>
internal static class RecurrentShapes
{
    private const int LstmGates = 4, GruGates = 3, RnnGates = 1;

    /// <summary>The operations.</summary>
    public static IEnumerable<ShapeRule> All =>
    [
        new ShapeRule("lstm", inputs => Layer(inputs, LstmGates, states: 2)),
        new ShapeRule("gru", inputs => Layer(inputs, GruGates, states: 1)),
        new ShapeRule("rnn", inputs => Layer(inputs, RnnGates, states: 1)),
    ];

    // The sequence or its last step, then the last states, [batch, directions * hidden].
    private static IReadOnlyList<InferredType> Layer(OperationInputs inputs, int gates, int states)
    {
        InferredType x = inputs.Type("x"), initial = inputs.Type("initial_h");
        inputs.Choice("direction", "forward", "forward", "reverse", "bidirectional");
        if (x.Sizes is not { } sizes)
        {
            return Outputs(x.With(null), x.With(null));
        }

        if (sizes is not [var length, var batch, var features])
        {
            throw new ShapeContradictionException($"its input has the shape {ShapeArithmetic.Text(sizes)}; it has length, batch and features.");
        }

        long width = InferredType.UnknownSize;
        if (inputs.Type("weight_hh").Sizes is [var rows, var hidden])
        {
            ShapeArithmetic.Same(rows, ShapeArithmetic.Map(hidden, size => checked(size * gates)), $"the rows of its weight_hh and {gates} times its columns");
            width = inputs.Text("direction", "forward") is { } direction ? ShapeArithmetic.Map(hidden, size => checked(size * (direction == "bidirectional" ? 2 : 1))) : width;
        }

        if (inputs.Type("weight_ih").Sizes is [_, var columns])
        {
            ShapeArithmetic.Same(features, columns, "the features of its input and the columns of its weight_ih");
        }

        if (initial.Sizes is [var images, var state])
        {
            batch = ShapeArithmetic.Same(batch, images, "the batches of its input and of its initial state");
            width = ShapeArithmetic.Same(width, state, "its hidden sizes and those of its initial state");
        }

        long steps = inputs.Flag("output_sequence", false) is { } givesAll ? givesAll ? length : 1 : InferredType.UnknownSize;
        return Outputs(x.With([steps, batch, width]), x.With([batch, width]));

        IReadOnlyList<InferredType> Outputs(InferredType sequence, InferredType last) => [sequence, .. Enumerable.Repeat(last, states)];
    }
}
