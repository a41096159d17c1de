using System;
using System.Collections.Generic;
using System.Linq;
using CoreMLQuant.Models;

namespace CoreMLQuant.Mil.Shapes;

/// <summary>
/// Computes the types of operations' outputs from those of their inputs, as far as they are decided before a program runs. An operation
/// that is not known has unknown outputs.
/// </summary>
internal static class ShapeInference
{
    private static readonly Dictionary<string, ShapeRule> Rules = new[]
    {
        ElementwiseShapes.All, WindowShapes.All, MatrixShapes.All, ReductionShapes.All, GatherShapes.All, SliceShapes.All, JoinShapes.All, AxisShapes.All,
        ReshapeShapes.All, BlockShapes.All, CreationShapes.All, ImageShapes.All, DetectionShapes.All, RecurrentShapes.All, NormalizationShapes.All, ChannelShapes.All, QuantizationShapes.All, StateShapes.All,
    }.SelectMany(family => family).ToDictionary(rule => rule.OperationType, StringComparer.Ordinal);

    /// <summary>Whether the outputs of an operation can be computed.</summary>
    public static bool Knows(string operationType) => Rules.ContainsKey(operationType);

    /// <summary>Computes the types of an operation's outputs from the declared types of its inputs.</summary>
    /// <param name="operation">The operation.</param>
    /// <param name="opset">The opset that it is written in, e.g. <c>CoreML7</c>.</param>
    /// <param name="tensors">Finds the data of constants.</param>
    /// <returns>See <see cref="Infer(OperationNode, string, TensorCatalog, Func{ValueUse, InferredType})"/>.</returns>
    /// <exception cref="ShapeContradictionException">The operation cannot be computed from such inputs.</exception>
    public static IReadOnlyList<InferredType>? Infer(OperationNode operation, string opset, TensorCatalog tensors) =>
        Infer(operation, opset, tensors, use => InferredType.Of(use.Type));

    /// <summary>Computes the types of an operation's outputs.</summary>
    /// <param name="operation">The operation.</param>
    /// <param name="opset">The opset that it is written in, e.g. <c>CoreML7</c>.</param>
    /// <param name="tensors">Finds the data of constants.</param>
    /// <param name="typeOf">The type of what is bound to a parameter; another one than declared where a program is being changed.</param>
    /// <returns>A type for each output; <see langword="null"/> when nothing is known of them.</returns>
    /// <exception cref="ShapeContradictionException">The operation cannot be computed from such inputs.</exception>
    public static IReadOnlyList<InferredType>? Infer(OperationNode operation, string opset, TensorCatalog tensors, Func<ValueUse, InferredType> typeOf) =>
        Rules.TryGetValue(operation.Type, out ShapeRule? rule)
            ? rule.Infer(new OperationInputs(operation, Platform.OpsetNumber(opset), typeOf, tensors))
            : null;
}
