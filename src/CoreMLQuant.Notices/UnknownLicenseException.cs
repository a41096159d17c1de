using System;

namespace CoreMLQuant.Notices;

/// <summary>A package whose license cannot be written.</summary>
/// <param name="message">The package and what is missing.</param>
internal sealed class UnknownLicenseException(string message) : Exception(message);
