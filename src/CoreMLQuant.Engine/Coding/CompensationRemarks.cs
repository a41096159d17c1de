using System;
using CoreMLQuant.Tensors.Compensation;

namespace CoreMLQuant.Coding;

/// <summary>What the reader should know of a compensation.</summary>
internal static class CompensationRemarks
{
    /// <summary>The remark; empty when all went as usual.</summary>
    /// <param name="outcome">What became of the rows.</param>
    /// <param name="instead">What is done without compensation: <c>rounded to nearest</c>.</param>
    public static string Of(CompensationOutcome outcome, string instead) =>
        outcome.Unfactored > 0 ? $"its inputs are all zero in the samples, or not finite; {instead}"
        : outcome.Compensated == 0 ? $"compensation would not make the error at the output smaller; {instead}"
        : outcome.RaisedDamping > 0 ? FormattableString.Invariant($"its Gram matrix is damped by {outcome.RaisedDamping:P0} of its mean diagonal")
        : string.Empty;
}
