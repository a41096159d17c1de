using System;

namespace CoreMLQuant.Editing.Assembly;

/// <summary>Models cannot be put together, or a model cannot be taken apart, as it is asked for; nothing is wrong with the files themselves.</summary>
public sealed class AssemblyException : Exception
{
    /// <summary>Creates the error.</summary>
    /// <param name="model">Full path of the model that it is about.</param>
    /// <param name="problem">What does not fit, one sentence with the names.</param>
    /// <param name="remedy">What to do, one sentence.</param>
    public AssemblyException(string model, string problem, string remedy)
        : base($"'{model}': {problem} {remedy}") => Model = model;

    /// <summary>The model that it is about.</summary>
    public string Model { get; }
}
