using CoreMLQuant.Models;
using CoreMLQuant.Specification;

namespace CoreMLQuant.NeuralNetworks.Folding;

/// <summary>A NeuralNetwork whose messages may be edited, and where the values of its weights are.</summary>
/// <param name="File">The model that it was read from.</param>
/// <param name="Payloads">The big fields of the messages.</param>
/// <param name="Stage">The network.</param>
internal sealed record NetworkSource(ModelFile File, DetachedPayloads Payloads, PipelineStage Stage);
