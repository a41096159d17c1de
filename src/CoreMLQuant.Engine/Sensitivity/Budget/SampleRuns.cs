using System;
using System.Collections.Generic;
using CoreMLQuant.Running;

namespace CoreMLQuant.Sensitivity.Budget;

/// <summary>What a budget runs models with.</summary>
/// <param name="Runtime">Runs models.</param>
/// <param name="Settings">How they are run.</param>
/// <param name="Samples">Reads all samples that are given, each time from the first.</param>
/// <param name="TemporaryFolder">Folder for models, which are deleted afterwards.</param>
internal sealed record SampleRuns(IModelRuntime Runtime, RunSettings Settings, Func<RunFeatures, IEnumerable<RunSample>> Samples, string TemporaryFolder);
