using System.Collections.Generic;
using CoreMLQuant.Elements;

namespace CoreMLQuant.Coding;

/// <summary>A small tensor that codes are decoded with: scales, offsets, a lookup table.</summary>
/// <param name="Name">Its parameter in the operation that decodes.</param>
/// <param name="Type">Its element type.</param>
/// <param name="Shape">Its dimensions.</param>
internal sealed record CodeTable(string Name, ElementType Type, IReadOnlyList<long> Shape);
