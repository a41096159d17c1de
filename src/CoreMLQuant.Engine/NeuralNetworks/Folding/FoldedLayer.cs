using System.Collections.Generic;

namespace CoreMLQuant.NeuralNetworks.Folding;

/// <summary>A layer that has taken in those behind it.</summary>
/// <param name="Layer">The layer as it is now, with a bias field where it needs one.</param>
/// <param name="Factors">What the weights of each output channel are multiplied with.</param>
/// <param name="Bias">The new bias; <see langword="null"/> when there is none.</param>
/// <param name="Folded">The layers that it has taken in.</param>
internal sealed record FoldedLayer(NetworkLayer Layer, double[] Factors, float[]? Bias, IReadOnlyList<NetworkLayer> Folded);
