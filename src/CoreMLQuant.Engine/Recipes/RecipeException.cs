using System;

namespace CoreMLQuant.Recipes;

/// <summary>A recipe that contradicts itself, or that a model's opset has no operations for. The message names the rule and the alternative.</summary>
public sealed class RecipeException : Exception
{
    /// <summary>Creates the exception.</summary>
    /// <param name="problem">What does not go, and by which rule.</param>
    /// <param name="remedy">What to specify instead.</param>
    /// <param name="innerException">The failure underneath, if there is one.</param>
    public RecipeException(string problem, string remedy, Exception? innerException = null)
        : base($"{problem} {remedy}", innerException) => Remedy = remedy;

    /// <summary>What to specify instead.</summary>
    public string Remedy { get; }
}
