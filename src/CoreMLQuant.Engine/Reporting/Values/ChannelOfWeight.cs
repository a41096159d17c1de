using System.Collections.Generic;

namespace CoreMLQuant.Reporting.Values;

/// <summary>One output channel of a weight.</summary>
/// <param name="Shape">Dimensions of the weight.</param>
/// <param name="Axis">The axis that counts channels.</param>
/// <param name="Index">Which channel.</param>
internal sealed record ChannelOfWeight(IReadOnlyList<long> Shape, int Axis, int Index);
