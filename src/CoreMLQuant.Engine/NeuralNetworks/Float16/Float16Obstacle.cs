using System.Globalization;
using System.Threading;
using CoreMLQuant.Formatting;
using CoreMLQuant.Tensors;
using LayerCase = CoreMLQuant.Specification.Schema.NeuralNetworkLayer.LayerOneofCase;

namespace CoreMLQuant.NeuralNetworks.Float16;

/// <summary>Reads the values of FP32 weights for what FP16 cannot hold.</summary>
internal static class Float16Obstacle
{
    /// <summary>Why a weight must stay FP32; <see langword="null"/> when FP16 holds it.</summary>
    /// <param name="kind">Kind of the layer.</param>
    /// <param name="field">The weight's field.</param>
    /// <param name="name">The weight's name.</param>
    /// <param name="values">Its values.</param>
    /// <param name="cancellationToken">Stops between tiles.</param>
    public static string? Find(LayerCase kind, string field, string name, TensorValues values, CancellationToken cancellationToken)
    {
        var range = new MagnitudeScan();
        // Weights are approximate anyway.
        var numbers = new WholeNumberScan { IsOver = kind is not (LayerCase.LoadConstant or LayerCase.LoadConstantND) };
        ValueTiles.Visit(
            values,
            (_, tile) =>
            {
                range.Add(tile);
                numbers.Add(tile);
            },
            cancellationToken);

        // Nothing saturates here: a layer computes with what it is given, so sentinels count as overflow.
        return range.HasSentinel ? $"'{name}' contains finite magnitudes of 1E+38 or more, beyond FP16's limit of 65504"
            : range.OverflowsFloat16 ? $"'{name}' contains {Text(range.MaxMagnitude)}, beyond FP16's limit of 65504"
            : numbers.FirstRounded is { } rounded ? $"'{name}' contains whole numbers that FP16 would round, such as {Text(rounded)}"
            : Underflow(kind, field, name, values, range.MaxMagnitude, cancellationToken);
    }

    private static string? Underflow(LayerCase kind, string field, string name, TensorValues values, float maxMagnitude, CancellationToken cancellationToken)
    {
        if (((kind, field) is (LayerCase.Batchnorm, "variance") or (LayerCase.Scale, "scale"))
            && Float16Underflow.FindWiped(values, cancellationToken) is { } wiped)
        {
            return $"'{name}' contains {Text(wiped)}, which becomes 0 in FP16";
        }

        return Float16Underflow.MayMatter(maxMagnitude, values.Count) && Float16Underflow.FindLoss(values, cancellationToken) is { } snr
            ? $"'{name}' has a signal-to-noise ratio of {Figures.Decibels(snr)} in FP16, because its values are too small"
            : null;
    }

    private static string Text(float value) => value.ToString("G9", CultureInfo.InvariantCulture);
}
