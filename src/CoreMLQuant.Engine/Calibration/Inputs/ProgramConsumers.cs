using System.Collections.Generic;
using System.Linq;
using CoreMLQuant.Mil.Shapes;
using CoreMLQuant.Tensors.Statistics;

namespace CoreMLQuant.Calibration.Inputs;

/// <summary>How the operations of ML Programs multiply weights.</summary>
internal static class ProgramConsumers
{
    private const string Data = "x";

    // Of a GRU.
    private const int Gates = 3;

    private static readonly Dictionary<(string Type, string Parameter), Consumer> Consumers = new()
    {
        [("linear", "weight")] = (shape, _) => shape.Count == 2 ? ConsumedWeight.Factor(shape, 1, 0, Data, 1) : null,
        [("conv", "weight")] = Convolution,
        [("conv_transpose", "weight")] = (shape, inputs) => Groups(inputs) is { } groups && shape.Count > 2 ? ConsumedWeight.TransposedKernel(shape, groups, Data) : null,
        [("matmul", "y")] = (shape, inputs) => Product(shape, inputs, "transpose_y", "transpose_x", Data, isSecond: true),
        [("matmul", "x")] = (shape, inputs) => Product(shape, inputs, "transpose_x", "transpose_y", "y", isSecond: false),
        [("lstm", "weight_ih")] = OfSequence,
        [("lstm", "weight_ih_back")] = OfSequence,
        [("gru", "weight_ih")] = OfSequence,
        [("rnn", "weight_ih")] = OfSequence,
        [("lstm", "weight_hh")] = OfStates(FactorSource.HiddenStates),
        [("lstm", "weight_hh_back")] = OfStates(FactorSource.BackwardHiddenStates),
        [("gru", "weight_hh")] = (shape, inputs) => inputs.Flag("reset_after", false) == true ? OfStates(FactorSource.HiddenStates)(shape, inputs)
            : shape.Count == 2 && shape[0] == Gates * shape[1] ? ConsumedWeight.RecurrenceOfGates(shape, Gates) : null,
        [("rnn", "weight_hh")] = OfStates(FactorSource.HiddenStates),
    };

    private delegate ConsumedWeight? Consumer(IReadOnlyList<long> shape, OperationInputs inputs);

    /// <summary>How a weight is multiplied; <see langword="null"/> when the operation does something else with it, or settings that count are computed.</summary>
    /// <param name="type">The operation's type.</param>
    /// <param name="parameter">The parameter that takes the weight.</param>
    /// <param name="shape">The weight's dimensions, at least 2.</param>
    /// <param name="inputs">The operation's settings.</param>
    public static ConsumedWeight? Find(string type, string parameter, IReadOnlyList<long> shape, OperationInputs inputs)
    {
        try
        {
            return Consumers.TryGetValue((type, parameter), out Consumer? consumer) ? consumer(shape, inputs) : null;
        }
        catch (ShapeContradictionException)
        {
            // A broken operation does not run either.
            return null;
        }
    }

    private static ConsumedWeight? OfSequence(IReadOnlyList<long> shape, OperationInputs inputs) => shape.Count == 2 ? ConsumedWeight.Factor(shape, 1, 0, Data, 1) : null;

    private static Consumer OfStates(FactorSource source) => (shape, _) => shape.Count == 2 ? ConsumedWeight.Recurrence(shape, source) : null;

    private static ConsumedWeight? Product(IReadOnlyList<long> shape, OperationInputs inputs, string own, string other, string parameter, bool isSecond)
    {
        if (inputs.Flag(own, false) is not { } isTransposed || inputs.Flag(other, false) is not { } isOtherTransposed)
        {
            return null;
        }

        // The second factor is summed over its rows, the first over its columns.
        int last = shape.Count - 1, inputAxis = isTransposed == isSecond ? last : last - 1;
        int outputAxis = (2 * last) - 1 - inputAxis, summed = isOtherTransposed == isSecond ? 2 : 1;
        return ConsumedWeight.Factors(shape, inputAxis, outputAxis, parameter, shape.Select((_, axis) => axis == inputAxis ? summed : axis == outputAxis ? 0 : shape.Count - axis).ToArray());
    }

    private static ConsumedWeight? Convolution(IReadOnlyList<long> shape, OperationInputs inputs) =>
        shape.Count > 2 && Groups(inputs) is { } groups && shape[0] % groups == 0 && WindowOf(shape.Skip(2).Select(size => checked((int)size)).ToArray(), inputs) is { } window
            ? ConsumedWeight.Kernel(shape, groups, Data, window)
            : null;

    private static SlidingWindow? WindowOf(int[] kernel, OperationInputs inputs)
    {
        int[] ones = kernel.Select(_ => 1).ToArray();
        string? type = inputs.Text("pad_type", "valid");
        int[]? strides = Numbers("strides", ones), dilations = Numbers("dilations", ones), pads = type == "custom" ? Numbers("pad", new int[2 * kernel.Length]) : new int[2 * kernel.Length];
        return type is null || strides?.Length != kernel.Length || dilations?.Length != kernel.Length || pads?.Length != 2 * kernel.Length ? null
            : new SlidingWindow(
                kernel, strides, dilations, pads.Where((_, i) => i % 2 == 0).ToArray(), pads.Where((_, i) => i % 2 == 1).ToArray(), type is "same" or "same_lower", type == "same_lower");

        int[]? Numbers(string name, int[] otherwise) => inputs.Has(name) ? inputs.Integers(name)?.Select(number => checked((int)number)).ToArray() : otherwise;
    }

    private static int? Groups(OperationInputs inputs) => inputs.Integer("groups", 1) is > 0 and <= int.MaxValue and var groups ? (int)groups : null;
}
