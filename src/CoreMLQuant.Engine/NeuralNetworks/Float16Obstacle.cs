using System;
using System.Globalization;
using System.Threading;
using CoreMLQuant.Tensors;
using LayerCase = CoreMLQuant.Specification.Schema.NeuralNetworkLayer.LayerOneofCase;

namespace CoreMLQuant.NeuralNetworks;

/// <summary>Reads the values of FP32 weights for what FP16 cannot hold.</summary>
internal static class Float16Obstacle
{
    /// <summary>Why a weight must stay FP32; <see langword="null"/> when FP16 holds it.</summary>
    /// <param name="kind">Kind of the layer.</param>
    /// <param name="name">The weight's name.</param>
    /// <param name="values">Its values.</param>
    /// <param name="cancellationToken">Stops between tiles.</param>
    public static string? Find(LayerCase kind, string name, TensorValues values, CancellationToken cancellationToken)
    {
        var range = new MagnitudeScan();
        // Loaded constants may be indices, sizes or token numbers, which must not be rounded. Weights are approximate anyway.
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
        return range.HasSentinel ? $"'{name}' holds finite magnitudes of 1E+38 or more, beyond FP16's 65504"
            : range.OverflowsFloat16 ? $"'{name}' holds {Text(range.MaxMagnitude)}, beyond FP16's 65504"
            : numbers.FirstRounded is { } rounded ? $"'{name}' holds whole numbers that FP16 would round, such as {Text(rounded)}"
            : null;
    }

    private static string Text(float value) => value.ToString("G9", CultureInfo.InvariantCulture);

    /// <summary>Whether all values are whole numbers, and one of them changes in FP16.</summary>
    private sealed class WholeNumberScan
    {
        private float? _rounded;

        /// <summary>Whether the answer is known to be no.</summary>
        public bool IsOver { get; set; }

        /// <summary>The first value that FP16 rounds; <see langword="null"/> when there is none or a value is no whole number.</summary>
        public float? FirstRounded => IsOver ? null : _rounded;

        public void Add(ReadOnlySpan<float> values)
        {
            for (int i = 0; i < values.Length && !IsOver; i++)
            {
                // Not equal for NaN; infinity is no index either.
                IsOver = values[i] != (float)Math.Floor(values[i]) || float.IsInfinity(values[i]);
                if (_rounded is null && HalfConversion.ToSingle(HalfConversion.FromSingleBits(SingleBits.ToBits(values[i]))) != values[i])
                {
                    _rounded = values[i];
                }
            }
        }
    }
}
