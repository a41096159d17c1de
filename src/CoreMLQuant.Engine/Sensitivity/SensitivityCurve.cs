using System;
using System.Collections.Generic;
using System.Linq;
using CoreMLQuant.Models;

namespace CoreMLQuant.Sensitivity;

/// <summary>
/// What the encodings of one weight cost at the outputs, from runs with some of them, the references. The energy of an error at the output of its layer is
/// <c>tr(dW G dWT)</c>, with the Gram matrix G of the inputs; what the model makes of it hardly depends on the encoding. So the signal-to-noise ratio at the outputs changes with that at the
/// output of the layer: by as many dB for small errors, and by fewer where the outputs have little left to lose.
/// </summary>
/// <remarks>
/// References are the smallest and the largest error of each kind of encoding, and others in between where these are far apart. Between two of them, decibels are interpolated.
/// docs/CALIBRATION.md has how near that comes.
/// </remarks>
internal sealed class SensitivityCurve
{
    // Errors this near to each other, in dB, cost as much more as they are larger.
    private const double Near = 10;

    // Over more, the curve bends.
    private const double Far = 25;

    private readonly Point?[] _points;
    private readonly bool[] _isReference;

    /// <summary>Chooses the references.</summary>
    /// <param name="levels">The errors of the encodings.</param>
    public SensitivityCurve(IReadOnlyList<ErrorLevel> levels)
    {
        // What has no error in its values has none anywhere.
        bool knowsLayer = levels.All(level => ErrorLevel.IsFinite(level.LayerSnr) || !ErrorLevel.IsFinite(level.WeightSnr));
        _points = levels.Select((level, index) => (Level: knowsLayer ? level.LayerSnr : level.WeightSnr, level.Kind, index))
            .Select(point => ErrorLevel.IsFinite(point.Level) ? new Point(point.index, point.Kind, point.Level!.Value) : null)
            .ToArray();
        _isReference = Array.ConvertAll(_points, point => point is null);
        foreach (IGrouping<WeightEncoding, Point> kind in _points.OfType<Point>().GroupBy(point => point.Kind))
        {
            ChooseAmong(kind.OrderByDescending(point => point.Level).ToArray());
        }
    }

    /// <summary>Whether an encoding has to be measured.</summary>
    public bool IsReference(int encoding) => _isReference[encoding];

    /// <summary>The references that an encoding is estimated from: one or two.</summary>
    public IReadOnlyList<int> ReferencesOf(int encoding)
    {
        (Point? smaller, Point? larger) = Neighbours(_points[encoding]!);
        return new[] { smaller, larger }.OfType<Point>().Select(point => point.Index).ToArray();
    }

    /// <summary>What an encoding that is no reference costs at the outputs, dB.</summary>
    /// <param name="encoding">The encoding.</param>
    /// <param name="measured">Gives what a reference was measured to cost, dB; <see langword="null"/> when that cannot be told.</param>
    /// <returns><see langword="null"/> when no reference tells.</returns>
    public double? Estimate(int encoding, Func<int, double?> measured)
    {
        Point point = _points[encoding]!;
        (Point? smaller, Point? larger) = Neighbours(point);
        double? above = smaller is null ? null : measured(smaller.Index), below = larger is null ? null : measured(larger.Index);
        if (ErrorLevel.IsFinite(above) && ErrorLevel.IsFinite(below))
        {
            return above + ((below - above) * (smaller!.Level - point.Level) / (smaller.Level - larger!.Level));
        }

        // Where one of them leaves the outputs as they are, or makes them anything but finite, the other one tells.
        return below is null || ErrorLevel.IsFinite(above)
            ? above + point.Level - smaller!.Level
            : below + point.Level - larger!.Level;
    }

    private void ChooseAmong(Point[] falling)
    {
        int last = falling.Length - 1;
        _isReference[falling[0].Index] = true;
        if (falling[0].Level - falling[last].Level > Near)
        {
            _isReference[falling[last].Index] = true;
            ChooseBetween(falling, 0, last);
        }
    }

    private void ChooseBetween(Point[] falling, int first, int last)
    {
        if (last - first < 2 || falling[first].Level - falling[last].Level <= Far)
        {
            return;
        }

        double middle = (falling[first].Level + falling[last].Level) / 2;
        int nearest = Enumerable.Range(first + 1, last - first - 1).OrderBy(index => Math.Abs(falling[index].Level - middle)).First();
        _isReference[falling[nearest].Index] = true;
        ChooseBetween(falling, first, nearest);
        ChooseBetween(falling, nearest, last);
    }

    private (Point? Smaller, Point? Larger) Neighbours(Point point)
    {
        Point[] references = _points.OfType<Point>().Where(other => other.Kind == point.Kind && _isReference[other.Index]).OrderBy(other => other.Level).ToArray();
        return (references.FirstOrDefault(other => other.Level >= point.Level), references.LastOrDefault(other => other.Level < point.Level));
    }

    private sealed record Point(int Index, WeightEncoding Kind, double Level);
}
