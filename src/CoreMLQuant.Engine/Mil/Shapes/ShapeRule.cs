using System;
using System.Collections.Generic;

namespace CoreMLQuant.Mil.Shapes;

/// <summary>How the types of an operation's outputs follow from its inputs.</summary>
/// <param name="OperationType">The operation's type.</param>
/// <param name="Infer">Gives the types of all outputs; <see langword="null"/> when not even their number is known.</param>
internal sealed record ShapeRule(string OperationType, Func<OperationInputs, IReadOnlyList<InferredType>?> Infer)
{
    /// <summary>The rule of an operation with one output.</summary>
    public static ShapeRule Of(string operationType, Func<OperationInputs, InferredType> infer) => new(operationType, inputs => [infer(inputs)]);
}
