using System.Collections.Generic;
using System.Linq;

namespace CoreMLQuant.Mil;

/// <summary>Where a constant must stay a plain one.</summary>
internal static class PlainOperands
{
    // coremltools' loader looks into these parameters' values and fails on a compressed constant.
    private static readonly HashSet<(string OperationType, string Parameter)> MustBePlain =
    [
        ("conv_transpose", "bias"), ("prelu", "alpha"), ("softplus_parametric", "alpha"), ("softplus_parametric", "beta"),
    ];

    /// <summary>Why a constant cannot be a compressed one; <see langword="null"/> when it can.</summary>
    public static string? WhyPlain(ValueNode constant) => constant.OutputOf.Count > 0 || constant.Uses.Count == 0
        ? "is an output or unused; only operands can be compressed"
        : constant.Uses
            .Where(use => MustBePlain.Contains((use.Consumer.Type, use.Parameter)))
            .Select(use => $"{use.Consumer.Type} requires its {use.Parameter} to be a plain constant")
            .FirstOrDefault();
}
