using System.Collections.Generic;
using CoreMLQuant.Elements;
using CoreMLQuant.Files;

namespace CoreMLQuant.Coding;

/// <summary>A tensor of an encoded weight.</summary>
/// <param name="Name">Its parameter in the operation that decodes.</param>
/// <param name="Type">Its element type.</param>
/// <param name="Shape">Its dimensions.</param>
/// <param name="Data">Its bytes.</param>
internal sealed record EncodedPart(string Name, ElementType Type, IReadOnlyList<long> Shape, OutputPart Data);
