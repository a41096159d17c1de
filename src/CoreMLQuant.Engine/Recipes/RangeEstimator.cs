namespace CoreMLQuant.Recipes;

/// <summary>How the range of values that integers stand for is found.</summary>
public enum RangeEstimator
{
    /// <summary>From the smallest value to the largest: nothing is cut off.</summary>
    MinMax,

    /// <summary>All but a small share of the values on both ends.</summary>
    Percentile,

    /// <summary>The range with the smallest squared error: values beyond it are cut off where the finer steps inside are worth more.</summary>
    MeanSquaredError,
}
