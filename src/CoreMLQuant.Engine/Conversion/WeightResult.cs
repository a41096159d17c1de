using CoreMLQuant.Planning;
using CoreMLQuant.Tensors;

namespace CoreMLQuant.Conversion;

/// <summary>What became of one weight.</summary>
/// <param name="Name">The weight's name.</param>
/// <param name="Stage">Stage of a pipeline; empty outside pipelines.</param>
/// <param name="Function">Function of an ML Program; empty for a NeuralNetwork.</param>
/// <param name="OpType">Type of the operation or layer that uses it.</param>
/// <param name="Action">Converted or skipped: the name of a <see cref="WeightAction"/>.</param>
/// <param name="EncodingBefore">What it was, e.g. <c>Float32</c>.</param>
/// <param name="EncodingAfter">What it is now, e.g. <c>Float16</c>.</param>
/// <param name="ElementCount">Number of values.</param>
/// <param name="Before">Bytes of its data before.</param>
/// <param name="After">Bytes of its data now.</param>
/// <param name="Reason">Why it was skipped, or a remark; empty otherwise.</param>
/// <param name="Error">What the conversion cost, measured on the values as written; <see langword="null"/> when skipped.</param>
public sealed record WeightResult(
    string Name,
    string Stage,
    string Function,
    string OpType,
    string Action,
    string EncodingBefore,
    string EncodingAfter,
    long ElementCount,
    long Before,
    long After,
    string Reason,
    WeightError? Error)
{
    /// <summary>What the conversion cost; its figures for users are properties of the result.</summary>
    internal WeightError? Error { get; init; } = Error;

    /// <summary>Signal-to-noise ratio in dB; +infinity when exact, <see langword="null"/> when skipped.</summary>
    public double? Snr => Error?.Snr;

    /// <summary>What it cost at the output of the layer; <see langword="null"/> where the inputs are not known.</summary>
    internal LayerError? LayerError { get; init; }

    /// <summary>
    /// Signal-to-noise ratio at the output of the weight's layer, dB, for inputs like those of the calibration.
    /// <see langword="null"/> without calibration, where it is not known how the inputs depend on each other, and where the samples are too few to tell.
    /// </summary>
    public double? LayerSnr => LayerError is { AssumesIndependence: false } error ? error.Snr : null;

    /// <summary>Largest difference of a value; <see langword="null"/> when skipped.</summary>
    public double? MaxError => Error?.MaxAbsoluteError;

    /// <summary>Name and encodings, or the reason it was skipped.</summary>
    public override string ToString() => Action == nameof(WeightAction.Convert) ? $"{Name}: {EncodingBefore} -> {EncodingAfter}" : $"{Name}: skipped, {Reason}";
}
