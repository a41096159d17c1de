namespace CoreMLQuant.Models;

/// <summary>What the values of a weight are like, as its user sees them. Infinities and NaN are counted and otherwise left out.</summary>
/// <param name="Minimum">Smallest value; <see langword="null"/> when there is no finite one.</param>
/// <param name="Maximum">Largest value; <see langword="null"/> when there is no finite one.</param>
/// <param name="Mean">Mean; <see langword="null"/> when there is no finite value.</param>
/// <param name="StandardDeviation">Standard deviation of the values as a population; <see langword="null"/> when there is no finite one.</param>
/// <param name="ZeroCount">Values that are zero, of either sign.</param>
/// <param name="DistinctCount">Different values, the zeros of both signs one of them; <see langword="null"/> when there are more than 65536, or when they were not counted.</param>
/// <param name="Float16OverflowCount">Number of finite values that become infinite in FP16: magnitudes of 65520 or more.</param>
/// <param name="Float16UnderflowCount">Number of values other than zero that become zero in FP16: magnitudes up to 2^-25.</param>
/// <param name="NonFiniteCount">Infinities and NaN.</param>
public sealed record WeightStatistics(
    double? Minimum,
    double? Maximum,
    double? Mean,
    double? StandardDeviation,
    long ZeroCount,
    int? DistinctCount,
    long Float16OverflowCount,
    long Float16UnderflowCount,
    long NonFiniteCount);
