using System.Collections.Generic;
using CoreMLQuant.Mil;
using CoreMLQuant.Mil.Shapes;
using CoreMLQuant.Validation.Findings;

namespace CoreMLQuant.Validation.Programs;

/// <summary>Holds what operations are declared to give to what they compute. What is not certain is no finding.</summary>
internal static class ShapeRules
{
    /// <summary>Checks an operation.</summary>
    public static void Check(ProgramGraph graph, OperationNode operation, TensorCatalog tensors, OperationPlace location, FindingList findings)
    {
        IReadOnlyList<InferredType>? computed;
        try
        {
            computed = ShapeInference.Infer(operation, graph.Opset, tensors);
        }
        catch (ShapeContradictionException contradiction)
        {
            findings.Add(ValidationRule.OperandShape, location, contradiction.Message);
            return;
        }

        if (computed is null)
        {
            return;
        }

        if (computed.Count != operation.Outputs.Count)
        {
            findings.Add(ValidationRule.OutputType, location, $"{operation.Outputs.Count} outputs are declared; {operation.Type} has {computed.Count} with these parameters.");
            return;
        }

        for (int i = 0; i < computed.Count; i++)
        {
            InferredType declared = InferredType.Of(operation.Outputs[i].Declaration.Type);
            if (computed[i].Contradicts(declared))
            {
                findings.Add(ValidationRule.OutputType, location, $"the output '{operation.Outputs[i].Name}' is declared {declared}; the operation computes {computed[i]}.");
            }
        }
    }
}
