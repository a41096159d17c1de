namespace CoreMLQuant.Models;

/// <summary>A place in a model that takes a weight.</summary>
/// <param name="OpType">Type of the operation or layer.</param>
/// <param name="OpName">Its name.</param>
/// <param name="Ordinal">How many of its type stand before it in the function or network.</param>
/// <param name="Parameter">The parameter or field.</param>
/// <param name="Argument">Index of the weight where a parameter takes several, as concat's does.</param>
internal sealed record WeightUse(string OpType, string OpName, int Ordinal, string Parameter, int Argument);
