using System.Collections.Generic;
using CoreMLQuant.Onnx.Stages;

namespace CoreMLQuant.Onnx;

/// <summary>A model, or a stage of a pipeline, ready to be run in one of two ways, or the reasons why it cannot be.</summary>
/// <param name="Computed">The stage as plain arithmetic; <see langword="null"/> when it is a network.</param>
/// <param name="Translation">The network as an ONNX graph; <see langword="null"/> when it is arithmetic or cannot be run.</param>
/// <param name="NotRunnable">What cannot be run; empty when one of the two is there.</param>
internal sealed record PreparedStage(ComputedStage? Computed, OnnxTranslation? Translation, IReadOnlyList<NotRunnableOperation> NotRunnable);
