using System.Collections.Generic;
using System.Linq;
using CoreMLQuant.Recipes;

namespace CoreMLQuant.Mil.Activations;

/// <summary>Puts pairs in front of the operations that systems compute in Int8. Which ones those are, and what an operand is, follows coremltools.</summary>
internal static class OperandPairs
{
    private static readonly Dictionary<string, string[]> Operands = new()
    {
        ["conv"] = ["x"],
        ["linear"] = ["x"],
        ["avg_pool"] = ["x"],
        ["max_pool"] = ["x"],
        ["add"] = ["x", "y"],
    };

    /// <summary>The types of operations that can get pairs.</summary>
    public static IEnumerable<string> OperationTypes => Operands.Keys;

    /// <summary>Whether an operation of a type can get pairs.</summary>
    public static bool Admits(string operationType) => Operands.ContainsKey(operationType);

    /// <summary>The operands of an operation that can get pairs.</summary>
    public static IEnumerable<ActivationUse> Of(ActivationNode operation) => Operands[operation.Type].Select(operation.Input).OfType<ActivationUse>();

    /// <summary>Puts pairs in front of every operation that the recipe names.</summary>
    public static void Place(ActivationGraph graph, ActivationChoice choice)
    {
        foreach (ActivationNode operation in graph.Operations.Where(operation => Admits(operation.Type)))
        {
            if (choice.Of(operation) is { } kind)
            {
                Place(graph, operation, kind, choice);
            }
        }
    }

    private static void Place(ActivationGraph graph, ActivationNode operation, LinearQuantizationRecipe kind, ActivationChoice choice)
    {
        ActivationUse[] operands = Of(operation).ToArray();
        if (operands.Length < Operands[operation.Type].Length || !operands.All(operand => operand.Value.IsFloat) || IsConstant(operands[0].Value))
        {
            return;
        }

        if (operands.Any(operand => IsConstant(operand.Value)))
        {
            // coremltools has made the pair of x by the time it sees that y is a constant. Nothing uses that pair, but for a while it is one more user
            // of x, which keeps x in Int8 where a single user would make it UInt8.
            if (choice.Ranges.Known(operands[0].Value, kind) is { } unused && !IsQuantized(operands[0].Value))
            {
                graph.AddUnused(operands[0], unused);
            }

            return;
        }

        foreach (ActivationUse operand in operands.Where(operand => !IsQuantized(operand.Value)))
        {
            graph.AddBefore(operand, choice.Ranges.Required(operand.Value, kind, operation));
        }

        ActivationGraph.Renew(operation);
        ActivationGraph.ReplaceUses([.. operation.Output.Uses], operation.Output);
    }

    private static bool IsConstant(ActivationValue value) => value.Maker?.Source is { } maker && (maker.IsConst || maker.IsConstexpr);

    // In the source: what is quantized already stays as it is.
    private static bool IsQuantized(ActivationValue value) => value.Maker?.IsDequantize == true;
}
