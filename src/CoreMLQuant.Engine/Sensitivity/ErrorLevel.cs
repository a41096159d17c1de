using CoreMLQuant.Models;

namespace CoreMLQuant.Sensitivity;

/// <summary>The error of an encoded weight, as far as it is known before the model runs.</summary>
/// <param name="Kind">
/// What makes the error. Those of integers follow the range of each channel or block, those of lookup tables are the same everywhere, and those of zeros are where values are small: at the same level, one
/// kind can cost the outputs much more than another.
/// </param>
/// <param name="LayerSnr">Signal-to-noise ratio at the output of the layer, dB; <see langword="null"/> where the inputs are not known.</param>
/// <param name="WeightSnr">Signal-to-noise ratio of the values, dB.</param>
internal readonly record struct ErrorLevel(WeightEncoding Kind, double? LayerSnr, double WeightSnr)
{
    /// <summary>Whether figures can be derived from it.</summary>
    /// <param name="ratio">Signal-to-noise ratio, dB.</param>
    public static bool IsFinite(double? ratio) => ratio is { } value && !double.IsNaN(value) && !double.IsInfinity(value);
}
