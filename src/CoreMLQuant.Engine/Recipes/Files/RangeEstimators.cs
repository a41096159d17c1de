namespace CoreMLQuant.Recipes.Files;

/// <summary>Reads how ranges are found.</summary>
internal static class RangeEstimators
{
    /// <summary>What it is called in a recipe.</summary>
    public const string Key = "range_estimator";

    /// <summary>Reads it; <see langword="null"/> when it is not there.</summary>
    public static RangeEstimator? Read(MapReader config) => config.Choice(
        Key, ("min_max", RangeEstimator.MinMax), ("percentile", RangeEstimator.Percentile), ("mean_squared_error", RangeEstimator.MeanSquaredError));
}
