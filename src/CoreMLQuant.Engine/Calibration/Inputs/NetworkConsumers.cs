using System;
using System.Collections.Generic;
using System.Linq;
using CoreMLQuant.NeuralNetworks;
using CoreMLQuant.Specification.Schema.Details;
using CoreMLQuant.Tensors.Statistics;
using LayerCase = CoreMLQuant.Specification.Schema.NeuralNetworkLayer.LayerOneofCase;

namespace CoreMLQuant.Calibration.Inputs;

/// <summary>How the layers of NeuralNetworks multiply their weights.</summary>
internal static class NetworkConsumers
{
    private const string Weights = "weights", SecondDirection = "weightParams[1].", CandidateRecursion = "outputGateRecursionMatrix";

    // A setting of the specification: the extra element of an odd padding comes first.
    private const int TopLeftHeavy = 1;
    private const int DefaultKernel = 3;

    /// <summary>How a layer multiplies a field; <see langword="null"/> when it does something else with it.</summary>
    /// <param name="layer">The layer.</param>
    /// <param name="field">Name of the field.</param>
    /// <param name="shape">The weight's dimensions.</param>
    /// <param name="settings">Reads the layer's settings.</param>
    public static ConsumedWeight? Find(NetworkLayer layer, string field, IReadOnlyList<long> shape, Func<LayerDetails> settings) => layer.Message.LayerCase switch
    {
        // Channels are the last axis, or height and width behind them are 1, or all three are one vector: consecutive values each time.
        LayerCase.InnerProduct or LayerCase.BatchedMatmul when field == Weights && shape.Count == 2 && layer.Message.Input.Count == 1 => ConsumedWeight.Factor(shape, 1, 0, string.Empty, 1),
        LayerCase.Convolution when field == Weights && shape.Count == 4 && layer.Message.Input.Count == 1 => Convolution(shape, settings().Convolution),
        LayerCase.SimpleRecurrent or LayerCase.Gru or LayerCase.UniDirectionalLSTM or LayerCase.BiDirectionalLSTM when shape.Count == 2 => Recurrent(field, shape),
        _ => null,
    };

    // The candidate of a gated recurrent unit sees the state behind the reset gate.
    private static ConsumedWeight? Recurrent(string field, IReadOnlyList<long> shape) =>
        field.EndsWith("WeightMatrix", StringComparison.OrdinalIgnoreCase) ? ConsumedWeight.Factor(shape, 1, 0, string.Empty, 1)
        : !field.EndsWith("RecursionMatrix", StringComparison.OrdinalIgnoreCase) ? null
        : ConsumedWeight.Recurrence(
            shape,
            field == CandidateRecursion ? FactorSource.ResetHiddenStates
            : field.StartsWith(SecondDirection, StringComparison.Ordinal) ? FactorSource.BackwardHiddenStates
            : FactorSource.HiddenStates);

    private static ConsumedWeight? Convolution(IReadOnlyList<long> shape, ConvolutionDetails settings)
    {
        int groups = checked((int)Math.Max(1, settings.NGroups));
        return settings.IsDeconvolution ? ConsumedWeight.TransposedKernel(shape, groups, string.Empty)
            : shape[0] % groups == 0 ? ConsumedWeight.Kernel(shape, groups, string.Empty, WindowOf(settings))
            : null;
    }

    private static SlidingWindow WindowOf(ConvolutionDetails settings)
    {
        int[] kernel = Numbers(settings.KernelSize, DefaultKernel);
        EdgeSizesDetails[] borders = settings.Valid?.PaddingAmounts?.BorderAmounts.ToArray() ?? [];
        bool hasBorders = borders.Length == kernel.Length;
        return new SlidingWindow(
            kernel,
            Numbers(settings.Stride, 1),
            Numbers(settings.DilationFactor, 1),
            kernel.Select((_, axis) => hasBorders ? checked((int)borders[axis].StartEdgeSize) : 0).ToArray(),
            kernel.Select((_, axis) => hasBorders ? checked((int)borders[axis].EndEdgeSize) : 0).ToArray(),
            settings.Same is not null,
            settings.Same?.AsymmetryMode == TopLeftHeavy);
    }

    private static int[] Numbers(IReadOnlyList<ulong> values, int otherwise) => values.Count == 2 ? values.Select(value => checked((int)value)).ToArray() : [otherwise, otherwise];
}
