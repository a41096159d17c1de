using System;
using System.Collections.Generic;
using CoreMLQuant.Calibration.Collecting;
using CoreMLQuant.Running;

namespace CoreMLQuant.Abstractions;

/// <summary>What a conversion may look at beside the model.</summary>
/// <param name="Runtime">Runs models; <see langword="null"/> when there are only statistics, which need no running.</param>
/// <param name="Settings">How they are run.</param>
/// <param name="Options">Which samples are used, and where statistics are kept.</param>
/// <param name="Samples">Reads all samples that are given; <see langword="null"/> when there are only statistics.</param>
internal sealed record CalibrationData(IModelRuntime? Runtime, RunSettings Settings, CalibrationOptions Options, Func<RunFeatures, IEnumerable<RunSample>>? Samples);
