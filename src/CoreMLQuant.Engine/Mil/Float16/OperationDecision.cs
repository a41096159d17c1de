using System.Collections.Generic;
using System.Linq;
using CoreMLQuant.Mil.Signatures;
using CoreMLQuant.Mil.Weights;
using CoreMLQuant.Planning;

namespace CoreMLQuant.Mil.Float16;

/// <summary>What is decided about one operation, from its own signature, constants and name alone.</summary>
/// <param name="Converts">Whether its admissible FP32 inputs become FP16.</param>
/// <param name="ConvertsOutputs">Whether its FP32 outputs become FP16.</param>
/// <param name="Parameters">The parameters that become FP16.</param>
/// <param name="Reason">Why it stays FP32; empty when it converts.</param>
internal sealed record OperationDecision(bool Converts, bool ConvertsOutputs, IReadOnlyCollection<string> Parameters, string Reason)
{
    /// <summary>Whether a parameter becomes FP16.</summary>
    public bool Takes16(string parameter) => Converts && Parameters.Contains(parameter);

    /// <summary>Decides about an operation.</summary>
    /// <param name="operation">The operation; no constant.</param>
    /// <param name="opset">Number of the opset it is written in.</param>
    /// <param name="rules">The recipe's patterns.</param>
    /// <param name="constants">Knows the magnitudes of constants.</param>
    public static OperationDecision For(OperationNode operation, int opset, SelectionRules rules, ConstantRanges constants)
    {
        // Asked first, so that a pattern on an operation that cannot be converted anyway still counts as matched.
        string? reason = rules.IsEmpty ? null : rules.Reason(NamesOf(operation));
        if (PrecisionRules.HasFixedInterface(operation.Type))
        {
            return Stays($"{operation.Type} keeps the types of its interface");
        }

        if (OperationSignatures.Find(operation.Type, opset) is not { } signature)
        {
            return Stays($"operation {operation.Type} does not exist in this opset");
        }

        int floats = 0;
        var admitted = new List<string>();
        foreach (ValueUse input in operation.Inputs)
        {
            if (MilTypes.IsFloat32(input.Type))
            {
                floats++;
                if (!admitted.Contains(input.Parameter) && PrecisionRules.AdmitsFloat16(signature, input.Parameter, opset))
                {
                    admitted.Add(input.Parameter);
                }
            }
        }

        if (admitted.Count == 0)
        {
            return Stays(floats == 0 ? "no FP32 input" : $"{operation.Type} accepts only FP32 here in opset CoreML{opset}");
        }

        if (reason is not null)
        {
            return Stays(reason);
        }

        foreach (ValueUse input in operation.Inputs)
        {
            if (MilTypes.IsFloat32(input.Type) && constants.WhyNotFloat16(input) is { } why)
            {
                return Stays(why);
            }
        }

        return new OperationDecision(true, admitted.Exists(parameter => PrecisionRules.DecidesOutput(signature, parameter)), admitted, string.Empty);
    }

    private static string[] NamesOf(OperationNode operation) =>
    [
        operation.Type,
        operation.Name,
        .. operation.Inputs
            .Where(input => input.Value?.Maker is { } maker && (maker.IsConst || maker.IsConstexpr) && !MilWeights.IsPart(maker))
            .Select(input => input.Value!.Name),
    ];

    private static OperationDecision Stays(string reason) => new(false, false, [], reason);
}
