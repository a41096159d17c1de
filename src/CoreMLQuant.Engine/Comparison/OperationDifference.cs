namespace CoreMLQuant.Comparison;

/// <summary>An operation of an ML Program or a layer of a NeuralNetwork that two models do not have in common.</summary>
/// <param name="Change">What happened to it: the name of an <see cref="OperationChange"/>.</param>
/// <param name="Stage">Stage of a pipeline; empty outside pipelines.</param>
/// <param name="Function">Function of an ML Program; empty for a NeuralNetwork.</param>
/// <param name="Name">Its name.</param>
/// <param name="ReferenceType">Its type in the reference with the type of its output, e.g. <c>conv Float32</c>; empty when it was added.</param>
/// <param name="DifferenceType">The same in the other; empty when it was removed.</param>
public sealed record OperationDifference(
    string Change, string Stage, string Function, string Name, string ReferenceType, string DifferenceType)
{
    /// <summary>What, which and the types.</summary>
    public override string ToString() => $"{Change}: {Name} {ReferenceType}{(Change == nameof(OperationChange.Retyped) ? " -> " : string.Empty)}{DifferenceType}";
}
