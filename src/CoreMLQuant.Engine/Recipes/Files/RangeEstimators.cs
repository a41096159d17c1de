namespace CoreMLQuant.Recipes.Files;

/// <summary>Reads how ranges are found.</summary>
internal static class RangeEstimators
{
    private const string Percentile = "percentile";

    /// <summary>What it is called in a recipe.</summary>
    public const string Key = "range_estimator";

    /// <summary>Reads it, with the percentile that ranges end at. A percentile alone implies the estimator.</summary>
    /// <param name="config">Where it is.</param>
    /// <param name="otherwise">What it is when neither is there.</param>
    public static (RangeEstimator Estimator, double Percentile) Read(MapReader config, RangeEstimator otherwise)
    {
        RangeEstimator? estimator = config.Choice(
            Key, ("min_max", RangeEstimator.MinMax), (Percentile, RangeEstimator.Percentile), ("mean_squared_error", RangeEstimator.MeanSquaredError));
        double? percentile = config.Number(Percentile);
        if (percentile is { } given && Percentiles.ProblemOf(given) is { } problem)
        {
            config.Refuse(Percentile, problem.Message);
            percentile = null;
        }

        if (percentile is not null && estimator is not (null or RangeEstimator.Percentile))
        {
            config.Refuse(Percentile, $"it applies to the {Key} {Percentile} only. Omit one of them.");
        }

        return (estimator ?? (percentile is null ? otherwise : RangeEstimator.Percentile), percentile ?? Percentiles.Default);
    }
}
