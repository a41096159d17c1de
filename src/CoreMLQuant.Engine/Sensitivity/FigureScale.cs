using System;

namespace CoreMLQuant.Sensitivity;

/// <summary>
/// A figure of the outputs in decibels that rise and fall with the signal-to-noise ratio, by as many where errors are small: so one curve tells all figures.
/// </summary>
internal sealed class FigureScale
{
    private readonly Func<WeightSensitivity, double?> _figure;
    private readonly Func<double, double> _toDecibels;
    private readonly Func<double, double> _toFigure;

    private FigureScale(Func<WeightSensitivity, double?> figure, Func<double, double> toDecibels, Func<double, double> toFigure)
    {
        _figure = figure;
        _toDecibels = toDecibels;
        _toFigure = toFigure;
    }

    /// <summary>The signal-to-noise ratio itself.</summary>
    public static FigureScale Snr { get; } = new(row => row.Snr, snr => snr, snr => snr);

    /// <summary>The cosine: what is missing from 1 is half of the noise over the signal, where the noise is small and not along the signal.</summary>
    public static FigureScale Cosine { get; } = new(
        row => row.Cosine, cosine => -10 * Math.Log10(Math.Max(1 - cosine, 0)), decibels => Math.Max(1 - Math.Pow(10, -decibels / 10), -1));

    /// <summary>
    /// The agreement of classes: a sample changes its class where its two best ones are nearer to each other than the noise moves them. Of near ones, there are as many more as the amplitude of the noise
    /// is larger, so that twenty decibels are ten times as many.
    /// </summary>
    public static FigureScale Agreement { get; } = new(
        row => row.Top1Agreement, agreement => -20 * Math.Log10(1 - agreement), decibels => Math.Max(1 - Math.Pow(10, -decibels / 20), 0));

    /// <summary>The figure of a row, dB; +infinity when nothing has changed, <see langword="null"/> when there is none.</summary>
    public double? ToDecibels(WeightSensitivity row) => _figure(row) is { } figure ? _toDecibels(figure) : null;

    /// <summary>The figure that decibels stand for.</summary>
    public double? ToFigure(double? decibels) => decibels is { } value ? _toFigure(value) : null;
}
