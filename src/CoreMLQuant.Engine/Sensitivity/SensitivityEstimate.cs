using System;
using System.Collections.Generic;
using System.Linq;

namespace CoreMLQuant.Sensitivity;

/// <summary>Decides which of several recipes run with a weight, and derives what the others cost.</summary>
internal sealed class SensitivityEstimate
{
    private readonly MeasuredItem[] _items;
    private readonly (SensitivityCurve? Curve, int Place, MeasuredItem[] Encodings)[] _origins;

    /// <summary>Decides.</summary>
    /// <param name="items">All weights or groups with all recipes.</param>
    public SensitivityEstimate(MeasuredItem[] items)
    {
        _items = items;
        var origins = new Dictionary<MeasuredItem, (SensitivityCurve?, int, MeasuredItem[])>();
        foreach (MeasuredItem[] encodings in items.GroupBy(item => (item.Name, item.Order)).Select(group => group.ToArray()))
        {
            // What several weights cost together is in none of their errors.
            SensitivityCurve? curve = Array.TrueForAll(encodings, item => item.Level is not null) ? new SensitivityCurve(Array.ConvertAll(encodings, item => item.Level!.Value)) : null;
            for (int place = 0; place < encodings.Length; place++)
            {
                origins.Add(encodings[place], (curve, place, encodings));
            }
        }

        _origins = Array.ConvertAll(items, item => origins[item]);
        Runs = items.Where((_, index) => _origins[index].Curve?.IsReference(_origins[index].Place) != false).ToArray();
    }

    /// <summary>What has to run.</summary>
    public MeasuredItem[] Runs { get; }

    /// <summary>The figures of everything, now that <see cref="Runs"/> have been measured.</summary>
    /// <param name="measured">Their figures.</param>
    public WeightSensitivity[] Complete(WeightSensitivity[] measured)
    {
        Dictionary<MeasuredItem, WeightSensitivity> figures = Runs.Zip(measured, (item, result) => (item, result)).ToDictionary(pair => pair.item, pair => pair.result);
        return _items.Select((item, index) => figures.TryGetValue(item, out WeightSensitivity? result) ? result : Estimate(item, _origins[index], figures)).ToArray();
    }

    private static WeightSensitivity Estimate(
        MeasuredItem item, (SensitivityCurve? Curve, int Place, MeasuredItem[] Encodings) origin, Dictionary<MeasuredItem, WeightSensitivity> figures)
    {
        WeightSensitivity[] references = origin.Curve!.ReferencesOf(origin.Place).Select(place => figures[origin.Encodings[place]]).ToArray();
        double? Figure(FigureScale scale) =>
            scale.ToFigure(origin.Curve.Estimate(origin.Place, place => scale.ToDecibels(figures[origin.Encodings[place]])));

        return item.Estimated(Figure(FigureScale.Snr), Figure(FigureScale.Cosine), Figure(FigureScale.Agreement), references);
    }
}
