namespace CoreMLQuant.Calibration.Collecting;

/// <summary>How far calibration is. Where values are many, samples run through the model several times, each time for other values.</summary>
/// <param name="RunsDone">Runs so far.</param>
/// <param name="RunsTotal">Runs in all.</param>
/// <param name="Sample">Name of the sample that is being run.</param>
public sealed record CalibrationProgress(int RunsDone, int RunsTotal, string Sample);
