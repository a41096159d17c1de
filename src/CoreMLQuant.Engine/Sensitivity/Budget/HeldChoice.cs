using System.Linq;
using CoreMLQuant.Planning;

namespace CoreMLQuant.Sensitivity.Budget;

/// <summary>A choice of one way for each weight that keeps a bound.</summary>
/// <param name="Choices">The ways.</param>
/// <param name="Outputs">What comes out on the held-out samples.</param>
/// <param name="Noise">Noise against signal at the outputs that it was chosen for.</param>
internal sealed record HeldChoice(Alternative[] Choices, OutputFidelity Outputs, double Noise)
{
    /// <summary>Bytes that the weights take.</summary>
    public long Length { get; } = Choices.Sum(choice => choice.Length);
}
