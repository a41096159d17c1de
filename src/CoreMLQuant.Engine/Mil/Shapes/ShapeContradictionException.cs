using System;

namespace CoreMLQuant.Mil.Shapes;

/// <summary>An operation cannot be computed from what it is given: shapes do not go together, or a setting is impossible.</summary>
/// <param name="problem">What is wrong, a sentence without its subject, which is the operation.</param>
internal sealed class ShapeContradictionException(string problem) : Exception(problem);
