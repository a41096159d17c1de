using CoreMLQuant.Mil;
using CoreMLQuant.Validation.Findings;

namespace CoreMLQuant.Validation.Programs;

/// <summary>Where an operation stands. The text is made when something is found there: of thousands of operations, hardly one.</summary>
/// <param name="Place">Its stage and function.</param>
/// <param name="Operation">The operation.</param>
internal readonly record struct OperationPlace(Place Place, OperationNode Operation)
{
    /// <summary>The text that findings have.</summary>
    public static implicit operator string(OperationPlace place) => place.ToString();

    /// <summary>E.g. <c>function 'main' conv 'layer_1'</c>.</summary>
    public override string ToString() => Place.Of(Operation.Type, Operation.Name);
}
