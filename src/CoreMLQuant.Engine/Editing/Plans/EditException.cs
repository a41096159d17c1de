using System;

namespace CoreMLQuant.Editing.Plans;

/// <summary>An edit that a model does not allow: a name that is taken or not valid, a type that cannot be exchanged. The message names the rule and the alternative.</summary>
public sealed class EditException : Exception
{
    /// <summary>Creates the exception.</summary>
    /// <param name="problem">What does not go, and by which rule.</param>
    /// <param name="remedy">What to specify instead.</param>
    public EditException(string problem, string remedy)
        : base($"{problem} {remedy}") => Remedy = remedy;

    /// <summary>What to specify instead.</summary>
    public string Remedy { get; }
}
