using System;
using System.Collections.Generic;
using System.Linq;
using CoreMLQuant.Running;
using CoreMLQuant.Tensors.Statistics;

namespace CoreMLQuant.Calibration.Inputs;

/// <summary>How one operation or layer multiplies a weight.</summary>
/// <param name="InputCounts">Dimensions of the inputs over the weight.</param>
/// <param name="OutputAxis">The axis of the output channels.</param>
/// <param name="Parameter">The operation's parameter that takes the other factor.</param>
/// <param name="Vectors">How vectors are taken from it.</param>
internal sealed record ConsumedWeight(IReadOnlyList<long> InputCounts, int OutputAxis, string Parameter, InputVectors Vectors)
{
    /// <summary>Where the other factor is.</summary>
    public FactorSource Source { get; init; }

    /// <summary>Parts of the inputs that do not meet at any output.</summary>
    public InputParts Parts { get; init; } = InputParts.Whole;

    /// <summary>Name of the hidden states of an operation that are the other factor; <see langword="null"/> when they are not.</summary>
    /// <param name="operation">The operation or layer.</param>
    public string? HiddenStatesOf(string operation) => Source switch
    {
        FactorSource.HiddenStates => HiddenStateNames.Of(operation, isBackward: false),
        FactorSource.BackwardHiddenStates => HiddenStateNames.Of(operation, isBackward: true),
        FactorSource.ResetHiddenStates => HiddenStateNames.BehindReset(operation),
        FactorSource.HiddenStatesOfGates => HiddenStateNames.OfGates(operation),
        _ => null,
    };

    /// <summary>Whether another operation multiplies the weight along the same axes, so that the vectors of both can be summed up together.</summary>
    /// <param name="other">How it multiplies the weight.</param>
    public bool MeetsSameInputs(ConsumedWeight other) =>
        OutputAxis == other.OutputAxis && Parts == other.Parts && InputCounts.SequenceEqual(other.InputCounts);

    /// <summary>A factor of a matrix product.</summary>
    /// <param name="shape">The weight's dimensions.</param>
    /// <param name="inputAxis">Its axis that is summed over.</param>
    /// <param name="outputAxis">Its axis of the outputs.</param>
    /// <param name="parameter">The parameter of the other factor.</param>
    /// <param name="axisFromEnd">The axis of the other factor that is summed over, counted from the last, which is 1.</param>
    public static ConsumedWeight Factor(IReadOnlyList<long> shape, int inputAxis, int outputAxis, string parameter, int axisFromEnd) => new(
        shape.Select((size, axis) => axis == inputAxis ? size : 1).ToArray(), outputAxis, parameter, new AxisVectors(checked((int)shape[inputAxis]), axisFromEnd));

    /// <summary>A factor of a product of several matrices: those of a weight of more than two axes, each of which meets the matrix at its place in the other factor.</summary>
    /// <param name="shape">The weight's dimensions.</param>
    /// <param name="inputAxis">Its axis that is summed over.</param>
    /// <param name="outputAxis">Its axis of the outputs.</param>
    /// <param name="parameter">The parameter of the other factor.</param>
    /// <param name="axesFromEnd">The axes of the other factor that meet the one that is summed over and those of the matrices, counted from the last, which is 1; zero for other axes of the weight.</param>
    public static ConsumedWeight Factors(IReadOnlyList<long> shape, int inputAxis, int outputAxis, string parameter, IReadOnlyList<int> axesFromEnd)
    {
        int[] matrices = Enumerable.Range(0, shape.Count).Where(axis => axis != inputAxis && axesFromEnd[axis] > 0 && shape[axis] > 1).ToArray();
        if (matrices.Length == 0)
        {
            return Factor(shape, inputAxis, outputAxis, parameter, axesFromEnd[inputAxis]);
        }

        int[] inputs = [.. matrices.Append(inputAxis).OrderBy(axis => axis)];
        return new(
            shape.Select((size, axis) => inputs.Contains(axis) ? size : 1).ToArray(),
            outputAxis,
            parameter,
            new ProductVectors(inputs.Select(axis => new ProductAxis(checked((int)shape[axis]), axesFromEnd[axis], axis == inputAxis)).ToArray()))
        {
            Parts = new InputParts(CountOf(axis => axis < inputAxis), CountOf(axis => axis > inputAxis)),
        };

        int CountOf(Func<int, bool> where) => matrices.Where(where).Aggregate(1, (product, axis) => checked(product * (int)shape[axis]));
    }

    /// <summary>The weight of a hidden state, [outputs, hidden].</summary>
    public static ConsumedWeight Recurrence(IReadOnlyList<long> shape, FactorSource source) => Factor(shape, 1, 0, string.Empty, 1) with { Source = source };

    /// <summary>The weight of the gates of a GRU, [gates * hidden, hidden], each of which meets states of its own.</summary>
    public static ConsumedWeight RecurrenceOfGates(IReadOnlyList<long> shape, int gates) =>
        new([gates, shape[1]], 0, string.Empty, new ConsecutiveVectors(checked((int)shape[1]), gates)) { Source = FactorSource.HiddenStatesOfGates };

    /// <summary>The kernel of a convolution, [outputs, inputs of a group, kernel...].</summary>
    public static ConsumedWeight Kernel(IReadOnlyList<long> shape, int groups, string parameter, SlidingWindow window) => new(
        [groups, .. shape.Skip(1)], 0, parameter, new WindowVectors(checked((int)(shape[1] * groups)), groups, window));

    /// <summary>The kernel of a transposed convolution, [inputs, outputs of a group, kernel...]: each element of the input meets all of the kernel.</summary>
    public static ConsumedWeight TransposedKernel(IReadOnlyList<long> shape, int groups, string parameter) =>
        Factor(shape, 0, 1, parameter, shape.Count - 1) with { Parts = new InputParts(groups, 1) };
}
