using System.Collections.Generic;

namespace CoreMLQuant.Reporting.Values;

/// <summary>How often which values occur in a weight, and in its counterpart, in bins of equal width.</summary>
/// <param name="Minimum">Where the first bin begins.</param>
/// <param name="Maximum">Where the last bin ends.</param>
/// <param name="Reference">Values in each bin.</param>
/// <param name="Difference">The counterpart's values in each bin; <see langword="null"/> when there is no counterpart.</param>
/// <param name="Levels">The few values that a compressed weight consists of, ascending; empty when there are too many to draw.</param>
/// <param name="LevelsChannel">The output channel whose levels these are; <see langword="null"/> when they are those of the whole weight.</param>
internal sealed record ValueDistribution(
    double Minimum,
    double Maximum,
    IReadOnlyList<long> Reference,
    IReadOnlyList<long>? Difference,
    IReadOnlyList<float> Levels,
    int? LevelsChannel);
