using System.Linq;
using CoreMLQuant.Mil.Decoding;
using CoreMLQuant.Models;

namespace CoreMLQuant.Mil.Weights;

/// <summary>Weights that are declared and have no values that could be told.</summary>
internal static class BrokenWeight
{
    /// <summary>Why the output of a constant has no values, a reason for leaving it without its subject, which is the constant; <see langword="null"/> when it may have some.</summary>
    public static string? Why(OperationNode constant)
    {
        if (constant.IsConst)
        {
            return constant.ConstValue is { } value && MilValues.IsStored(value) ? null : "is broken: it has a type and no value";
        }

        OperationNode[] nest = MilWeights.Nest(constant).ToArray();
        return nest.FirstOrDefault(node => node.IsConstexpr && !ConstexprForms.IsKnown(node.Type)) is { } unknown
            ? $"{unknown.Type} is not known"
            : nest.Any(node => node.IsConst ? node.ConstValue is not { } part || !MilValues.IsStored(part) : MilValues.Own(node.Message).Any(part => !MilValues.IsStored(part)))
                ? "is broken: a part of it has a type and no value"
                : null;
    }
}
