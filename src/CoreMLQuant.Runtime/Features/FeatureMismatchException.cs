using System;
using CoreMLQuant.Running;

namespace CoreMLQuant.Runtime.Features;

/// <summary>A value does not fit its feature.</summary>
/// <param name="given">What was given, without a period.</param>
/// <param name="remedy">What can be done, a sentence; empty where that is plain.</param>
/// <param name="file">Full path of the file that was given; <see langword="null"/> where it is none.</param>
internal sealed class FeatureMismatchException(string given, string remedy = "", string? file = null) : Exception(remedy.Length > 0 ? $"{given}. {remedy}" : given)
{
    /// <summary>What does not fit.</summary>
    /// <param name="expected">What the feature is.</param>
    public InputMismatch MismatchTo(string expected) => new(expected) { Given = given, Remedy = remedy, File = file };
}
