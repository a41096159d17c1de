using System;
using System.Collections.Generic;

namespace CoreMLQuant.Running;

/// <summary>
/// Names of values that no model has a name for: the hidden states before each step of a recurrent operation, [length, batch, hidden], which its weights of the hidden state are multiplied with.
/// </summary>
public static class HiddenStateNames
{
    // Operations of ML Programs and layers of NeuralNetworks.
    private static readonly HashSet<string> RecurrentTypes = new(["lstm", "gru", "rnn", "simpleRecurrent", "uniDirectionalLSTM", "biDirectionalLSTM"], StringComparer.Ordinal);

    /// <summary>The name.</summary>
    /// <param name="operation">The operation or layer.</param>
    /// <param name="isBackward">Whether they are those of the second direction of one that runs both ways.</param>
    public static string Of(string operation, bool isBackward) => isBackward ? $"{operation}: hidden states, backward" : $"{operation}: hidden states";

    /// <summary>The name of the states that the reset gate of a GRU has scaled, where it does so before the product.</summary>
    /// <param name="operation">The operation or layer.</param>
    public static string BehindReset(string operation) => $"{operation}: hidden states behind the reset gate";

    /// <summary>
    /// The name of what each gate of such a GRU multiplies, one after the other along the last axis, in the order of the gates in one weight [3 hidden, hidden]: [length, batch, 3 hidden].
    /// </summary>
    /// <param name="operation">The operation.</param>
    public static string OfGates(string operation) => $"{operation}: hidden states of the gates";

    /// <summary>All names that the values of an operation may have; none unless it is recurrent.</summary>
    /// <param name="type">Its type, or that of the layer.</param>
    /// <param name="operation">The operation or layer.</param>
    public static string[] All(string type, string operation) =>
        RecurrentTypes.Contains(type) ? [Of(operation, isBackward: false), Of(operation, isBackward: true), BehindReset(operation), OfGates(operation)] : [];
}
