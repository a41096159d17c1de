using System;
using System.Collections.Generic;
using CoreMLQuant.Onnx.Graphs;

namespace CoreMLQuant.Onnx.Programs;

/// <summary>How an operation of ML Programs is written in ONNX.</summary>
/// <param name="Type">The operation's type, e.g. <c>conv</c>.</param>
/// <param name="Translate">Adds its nodes and gives its results, in the order of its outputs.</param>
internal sealed record OperationForm(string Type, Func<OperationContext, IReadOnlyList<OnnxValue>> Translate)
{
    /// <summary>The oldest opset of ONNX that has what it needs.</summary>
    public int SinceOpset { get; init; } = TranslationOptions.OldestOpset;

    /// <summary>Whether it only moves elements, so that results need no rounding to FP16 where its inputs had it.</summary>
    public bool IsExact { get; init; }

    /// <summary>What to know about its numbers, one sentence; <see langword="null"/> when ONNX's operator is the same.</summary>
    public string? Trap { get; init; }

    /// <summary>An operation with one output.</summary>
    public static OperationForm Of(string type, Func<OperationContext, OnnxValue> translate) => new(type, context => [translate(context)]);

    /// <summary>An operation with one output that only moves elements.</summary>
    public static OperationForm Moving(string type, Func<OperationContext, OnnxValue> translate) => Of(type, translate) with { IsExact = true };
}
