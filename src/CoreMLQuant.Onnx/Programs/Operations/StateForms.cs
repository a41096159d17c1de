using System.Collections.Generic;
using System.Linq;
using CoreMLQuant.Mil;
using CoreMLQuant.Onnx.Graphs;

namespace CoreMLQuant.Onnx.Programs.Operations;

/// <summary>States: what stands for one is what was written last.</summary>
internal static class StateForms
{
    /// <summary>The operations.</summary>
    public static IEnumerable<OperationForm> All =>
    [
        OperationForm.Moving("read_state", context => Current(context, StateOf(context, "input"))),
        new OperationForm("write_state", context => [Write(context, StateOf(context, "input"), context.Input("data"))]) { IsExact = true },
        OperationForm.Moving("coreml_update_state", context => Write(context, StateOf(context, "state"), context.Input("value"))),
    ];

    private static OnnxValue Current(OperationContext context, ValueNode state) =>
        context.Scope.State(state) ?? throw new NotTranslatableException($"'{state.Name}' is no state of the function.");

    private static OnnxValue Write(OperationContext context, ValueNode state, OnnxValue value)
    {
        OnnxValue written = context.Graph.Cast(value, Current(context, state).Type);
        context.Scope.Write(state, written);
        return written;
    }

    private static ValueNode StateOf(OperationContext context, string name) =>
        context.Node.Inputs.FirstOrDefault(input => input.Parameter == name)?.Value ?? throw new NotTranslatableException($"its parameter '{name}' is no state.");
}
