using System;
using System.Collections.Generic;
using System.Linq;
using CoreMLQuant.Calibration.Inputs;
using CoreMLQuant.Tensors.Statistics;

namespace CoreMLQuant.Calibration.Files;

/// <summary>The statistics of weights from sums over their inputs; weights with the same inputs share them.</summary>
internal static class LayerMeans
{
    /// <summary>Divides the sums by their counts; products in their place, unless they are parked.</summary>
    public static IEnumerable<LayerStatistics> Of(IReadOnlyList<InputSums> inputs, IReadOnlyList<WeightOfInput> weights, int sampleCount)
    {
        var means = new (double[] Means, double[] SecondMoments, GramSource? Gram)[inputs.Count];
        foreach (WeightOfInput weight in weights.Where(weight => inputs[weight.Input].Sums.Count > 0))
        {
            InputSums input = inputs[weight.Input];
            VectorSums sums = input.Sums;
            if (means[weight.Input].Means is null)
            {
                means[weight.Input] = (Over(sums.Sums, sums.Count), Over(sums.Squares, sums.Count), GramOf(input, weight.Parts));
            }

            (double[] firstMoments, double[] secondMoments, GramSource? gram) = means[weight.Input];
            double raise = weight.OtherUses * secondMoments.Average();
            yield return new LayerStatistics(weight.Weight, weight.Shape, weight.InputCounts, weight.OutputAxis)
            {
                SampleCount = sampleCount,
                RowCount = sums.Count,
                Means = firstMoments,
                SecondMoments = raise > 0 ? Array.ConvertAll(secondMoments, moment => moment + raise) : secondMoments,
                Gram = raise > 0 && gram is not null ? new RaisedGram(gram, sums.Columns, raise) : gram,
                GramReason = input.GramReason,
            };
        }
    }

    private static double[] Over(double[] sums, long count) => Array.ConvertAll(sums, sum => sum / count);

    private static GramSource? GramOf(InputSums input, InputParts parts)
    {
        if (!input.Sums.HasProducts)
        {
            return null;
        }

        return input.Sums.Products is null && input.Parked is not null ? new ParkedGram(input, parts) : GramSource.Of(Finish(input.ReadProducts()!, input.Sums, parts));
    }

    private static double[] Finish(double[] products, VectorSums sums, InputParts parts)
    {
        int columns = sums.Columns, length = columns * columns;
        for (int start = 0; start < products.Length; start += length)
        {
            Span<double> gram = products.AsSpan(start, length);
            for (int row = 0; row < columns; row++)
            {
                for (int column = 0; column <= row; column++)
                {
                    ref double product = ref gram[(row * columns) + column];
                    product = parts.AreTogether(row, column, columns) ? product / sums.Count : 0;
                }
            }

            GramKernel.Mirror(columns, gram);
        }

        return products;
    }

    // Others may share the matrix that is raised.
    private sealed class RaisedGram(GramSource gram, int columns, double raise) : GramSource
    {
        public override double[] Read()
        {
            double[] values = (double[])gram.Read().Clone();
            for (int group = 0; group < values.Length; group += columns * columns)
            {
                for (int column = 0; column < columns; column++)
                {
                    values[group + (column * (columns + 1))] += raise;
                }
            }

            return values;
        }
    }

    private sealed class ParkedGram(InputSums input, InputParts parts) : GramSource
    {
        public override double[] Read() => Finish(input.Parked!.Read(), input.Sums, parts);
    }
}
