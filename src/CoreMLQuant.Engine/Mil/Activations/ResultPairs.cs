using System.Collections.Generic;
using System.Linq;

namespace CoreMLQuant.Mil.Activations;

/// <summary>
/// Puts pairs behind the operations whose operands have them, or behind the activation function that systems compute in the same step, so that they
/// get integers and give integers. A result that only goes out stays a float.
/// </summary>
internal static class ResultPairs
{
    // coremltools also lists hard_sigmoid, which no operation is called (MIL has sigmoid_hard).
    private static readonly HashSet<string> Fused = ["leaky_relu", "tanh", "scaled_tanh", "sigmoid", "relu", "relu6"];

    /// <summary>Puts pairs behind every operation that the recipe names.</summary>
    public static void Place(ActivationGraph graph, ActivationChoice choice)
    {
        foreach (ActivationNode operation in graph.Operations.Where(operation => OperandPairs.Admits(operation.Type)))
        {
            if (choice.Of(operation) is not { } kind)
            {
                continue;
            }

            // coremltools starts from each operand, and finds a sum twice: by the second look, its first user may be another one.
            foreach (ActivationUse operand in OperandPairs.Of(operation).Where(operand => operand.Value is { Maker.IsDequantize: true, Uses.Count: 1 }).ToArray())
            {
                if (OperandPairs.Of(operation).All(other => other.Value.Maker?.IsDequantize == true) && End(operation) is { } end)
                {
                    PairParameters parameters = choice.Ranges.Required(end.Output, kind, operation);
                    ActivationGraph.Renew(end);
                    graph.AddBehind(end, parameters);
                }
            }
        }
    }

    /// <summary>The operation that a pair belongs behind; <see langword="null"/> when there is a pair, or nothing that would use it.</summary>
    private static ActivationNode? End(ActivationNode operation)
    {
        ActivationValue result = operation.Output;
        if (result.FirstUser is not { } first || result.OnlyUser?.IsQuantize == true)
        {
            return null;
        }

        ActivationNode? end = !Fused.Contains(first.Type) || first.Output.Uses.Count == 0 ? operation
            : first.Output.OnlyUser?.IsQuantize == true ? null
            : first;
        return end?.Output.IsFloat == true ? end : null;
    }
}
