namespace CoreMLQuant.NeuralNetworks.Folding;

/// <summary>What a layer does to each channel: <c>y = (x - centre) * factor + shift</c>.</summary>
/// <param name="Factors">Factor of each channel.</param>
/// <param name="Centres">What is subtracted first.</param>
/// <param name="Shifts">What is added last.</param>
internal sealed record ChannelStep(double[] Factors, double[] Centres, double[] Shifts);
