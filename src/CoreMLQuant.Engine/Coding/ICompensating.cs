using CoreMLQuant.Tensors.Compensation;

namespace CoreMLQuant.Coding;

/// <summary>A coder that compensates errors where that helps.</summary>
internal interface ICompensating
{
    /// <summary>What became of the rows. After preparing.</summary>
    CompensationOutcome Outcome { get; }
}
