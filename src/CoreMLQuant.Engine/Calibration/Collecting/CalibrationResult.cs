using System.Collections.Generic;

namespace CoreMLQuant.Calibration.Collecting;

/// <summary>What calibration gave.</summary>
/// <param name="Statistics">The statistics.</param>
/// <param name="Warnings">What the user should know, each a sentence without a full stop.</param>
/// <param name="Notes">What happened beside it, each a sentence: weights without statistics and the reasons, or that statistics were read.</param>
public sealed record CalibrationResult(CalibrationStatistics Statistics, IReadOnlyList<string> Warnings, IReadOnlyList<string> Notes);
