using System.Collections.Generic;
using System.Linq;
using CoreMLQuant.Elements;
using CoreMLQuant.Mil;
using CoreMLQuant.Onnx.Graphs;
using CoreMLQuant.Running;
using CoreMLQuant.Specification.Schema;

namespace CoreMLQuant.Onnx.Programs;

/// <summary>The inputs of a function as inputs of the graph: tensors, and states beside them.</summary>
internal static class FunctionInputs
{
    /// <summary>Adds the inputs to the graph.</summary>
    /// <returns>Each input of the function with the graph's; states among them.</returns>
    public static IReadOnlyList<(ValueNode Value, OnnxValue Tensor)> Define(ProgramGraph program, TranslationOptions options, ProgramScope scope)
    {
        var inputs = new List<(ValueNode, OnnxValue)>();
        foreach (ValueNode input in program.Values.Take(program.Function.Inputs.Count))
        {
            ValueType? type = TypeOf(input);
            OnnxValue tensor = scope.Graph.AddInput(MilTypes.ElementTypeOf(type).ToOnnx(), MilTypes.ShapeOf(type), input.Name);
            inputs.Add((input, tensor));
            if (IsState(input))
            {
                scope.Write(input, tensor);
            }

            // The program cannot see more of an FP16 input than FP16 holds.
            bool isRounded = MilTypes.ElementTypeOf(type) == ElementType.Float16 && options.Arithmetic == RunArithmetic.Program && !IsState(input);
            scope.Define(input, isRounded ? scope.Graph.RoundedToHalf(tensor) : tensor);
        }

        return inputs;
    }

    /// <summary>Whether an input is a state.</summary>
    public static bool IsState(ValueNode input) => input.Declaration.Type?.StateType is not null;

    /// <summary>The type of a tensor, or of what a state holds.</summary>
    public static ValueType? TypeOf(ValueNode input) => input.Declaration.Type?.StateType?.WrappedType ?? input.Declaration.Type;
}
