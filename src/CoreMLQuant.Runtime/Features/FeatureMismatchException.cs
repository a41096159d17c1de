using System;

namespace CoreMLQuant.Runtime.Features;

/// <summary>A value does not fit its feature. The message is the end of a sentence: what was given, and what can be done.</summary>
internal sealed class FeatureMismatchException(string message) : Exception(message);
