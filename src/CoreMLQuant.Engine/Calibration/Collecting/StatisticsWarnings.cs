using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;

namespace CoreMLQuant.Calibration.Collecting;

/// <summary>What is remarkable about statistics.</summary>
internal static class StatisticsWarnings
{
    private const int ShownNames = 3;

    /// <summary>Sentences without a full stop; none when there is nothing to say.</summary>
    public static IReadOnlyList<string> Of(CalibrationStatistics statistics)
    {
        LayerStatistics[] few = Where(layer => layer.Gram is not null && layer.RowCount < layer.Columns);
        LayerStatistics[] without = Where(layer => layer.GramReason.Length > 0);
        LayerStatistics[] constant = Where(layer => layer.RowCount > 1 && IsConstant(layer));
        string[] values = statistics.Activations.Where(value => value.IsConstant).Select(value => value.Name).ToArray();
        return new[]
        {
            few.Length == 0 ? null : $"{Weights(few)} met fewer vectors than they have inputs, so that errors are compensated with damping only: use more samples",
            without.Length == 0 ? null : $"{Weights(without)} without error compensation: {without[0].GramReason}",
            constant.Length == 0 ? null : $"{Weights(constant)} met the same input in all samples, which says nothing of others: use samples that differ",
            values.Length == 0 ? null : $"{Names(values, "value", "values")} the same in all samples",
        }.OfType<string>().ToArray();

        LayerStatistics[] Where(Func<LayerStatistics, bool> condition) => statistics.Layers.Where(condition).ToArray();
    }

    private static bool IsConstant(LayerStatistics layer)
    {
        for (int i = 0; i < layer.Means.Length; i++)
        {
            // What is left of equal figures is the rounding of their sums.
            double square = layer.Means[i] * layer.Means[i];
            if (layer.SecondMoments[i] - square > 1e-6 * layer.SecondMoments[i])
            {
                return false;
            }
        }

        return true;
    }

    private static string Weights(LayerStatistics[] layers) => Names(layers.Select(layer => layer.Weight.Name).ToArray(), "weight", "weights");

    private static string Names(string[] names, string one, string several)
    {
        string shown = string.Join(", ", names.Take(ShownNames).Select(name => $"'{name}'")) + (names.Length > ShownNames ? ", ..." : string.Empty);
        return string.Format(CultureInfo.InvariantCulture, "{0} {1} ({2})", names.Length, names.Length == 1 ? one : several, shown);
    }
}
