namespace CoreMLQuant.Calibration;

/// <summary>What one value of a program was like while the samples of a calibration ran through it.</summary>
/// <param name="Name">The value's name in the model.</param>
/// <param name="Count">Elements that were seen.</param>
/// <param name="Minimum">The smallest.</param>
/// <param name="Maximum">The largest.</param>
/// <param name="Mean">Their mean.</param>
/// <param name="SecondMoment">Mean of their squares.</param>
/// <param name="Histogram">How often each range of values occurred.</param>
public sealed record ActivationStatistics(string Name, long Count, float Minimum, float Maximum, double Mean, double SecondMoment, ActivationHistogram Histogram)
{
    /// <summary>Whether all elements were the same, so that the samples say nothing of the range.</summary>
    public bool IsConstant => Minimum == Maximum;
}

/// <summary>Counts of values in bins of equal width.</summary>
/// <param name="Low">Where the first bin begins.</param>
/// <param name="Width">Width of a bin; positive.</param>
/// <param name="Counts">Values in each bin; the last one has its upper edge as well.</param>
public sealed record ActivationHistogram(double Low, double Width, long[] Counts);
