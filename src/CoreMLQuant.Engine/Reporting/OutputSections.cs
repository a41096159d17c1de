using System;
using System.Collections.Generic;
using System.Linq;
using CoreMLQuant.Comparison.Outputs;
using CoreMLQuant.Formatting;
using CoreMLQuant.Reporting.Charts;
using CoreMLQuant.Reporting.Page;
using OxyPlot.Axes;

namespace CoreMLQuant.Reporting;

/// <summary>The parts that say what became of the outputs: over all samples, sample by sample, and where in the model the error begins.</summary>
internal static class OutputSections
{
    private const int NameLength = 48;
    private const string RandomInput = " The inputs were drawn at random: the figures say whether two models agree, and nothing about real data.";

    /// <summary>The sections; none where no inputs were given.</summary>
    public static IEnumerable<Section> Create(ComparedOutputs? compared)
    {
        if (compared is null || compared.Outputs.Count == 0)
        {
            yield break;
        }

        string lead = FormattableString.Invariant($"Both models ran on {compared.SampleCount} samples.") + (compared.IsRandomInput ? RandomInput : string.Empty);
        yield return new Section("outputs", "Outputs", lead) { Table = OutputTable(compared.Outputs) };
        if (InputPictures.Create(compared) is { Count: > 0 } pictures)
        {
            yield return new Section("inputs", "Inputs", FormattableString.Invariant($"{pictures.Count} of the images, those first whose most probable class changed.")) { Pictures = pictures };
        }

        yield return new Section("samples", "Samples", "Each output of each sample, in the order in which they ran.") { Table = SampleTable(compared.Outputs) };
        if (LayerLine(compared.Layers) is { } figure)
        {
            yield return new Section("layers", "Where the error begins", "Intermediate values of the same name, in order of execution. Every 6 dB more halve the error.")
            {
                HasWideFigures = true,
                Figures = [figure],
            };
        }
    }

    private static DataTable OutputTable(IReadOnlyList<OutputComparison> outputs) => new(
        "Outputs over all samples",
        [
            new Column("Output") { IsName = true },
            new Column("Type"),
            new Column("SNR") { IsNumeric = true },
            new Column("Median sample") { IsNumeric = true },
            new Column("Worst sample") { IsNumeric = true },
            new Column("Largest error") { IsNumeric = true },
            new Column("Cosine") { IsNumeric = true },
            new Column("Same class") { IsNumeric = true },
            new Column("Among best five") { IsNumeric = true },
            new Column("KL divergence") { IsNumeric = true },
        ],
        outputs.Select(output => new Row([
            output.Name,
            output.Type,
            new Cell(Figures.Decibels(output.Snr), output.Snr),
            new Cell(Figures.Decibels(output.MedianSnr), output.MedianSnr),
            new Cell(output.WorstSample.Length > 0 ? $"{Figures.Decibels(output.WorstSnr)} ({output.WorstSample})" : Figures.Decibels(output.WorstSnr), output.WorstSnr),
            new Cell(Figures.Error(output.MaxError), output.MaxError),
            new Cell(Figures.Value(output.Cosine), output.Cosine),
            new Cell(Figures.Percent(output.Top1Agreement), output.Top1Agreement),
            new Cell(Figures.Percent(output.Top5Agreement), output.Top5Agreement),
            new Cell(Figures.Error(output.KullbackLeibler), output.KullbackLeibler),
        ])).ToArray());

    private static DataTable SampleTable(IReadOnlyList<OutputComparison> outputs) => new(
        "Outputs of each sample",
        [
            new Column("Sample") { IsName = true },
            new Column("Output") { IsChoice = true },
            new Column("SNR") { IsNumeric = true },
            new Column("Largest error") { IsNumeric = true },
            new Column("Before"),
            new Column("After"),
        ],
        outputs.SelectMany(output => output.Samples.Select(sample => new Row(
            [
                sample.Sample,
                output.Name,
                new Cell(Figures.Decibels(sample.Snr), sample.Snr),
                new Cell(Figures.Error(sample.MaxError), sample.MaxError),
                sample.ReferenceLabel,
                sample.DifferenceLabel,
            ],
            IsMarked: sample.IsSameLabel == false))).ToArray())
    {
        IsInteractive = true,
    };

    private static Figure? LayerLine(IReadOnlyList<OutputComparison> layers)
    {
        // What is the same on both sides has no place on the axis.
        (OutputComparison Layer, int Place)[] drawn = layers.Select((layer, place) => (layer, place)).Where(item => item.layer.Snr is { } snr && !double.IsInfinity(snr)).ToArray();
        if (drawn.Length == 0)
        {
            return null;
        }

        WeightLine.Point[] points = drawn.Select(item => new WeightLine.Point(item.Place, item.Layer.Snr!.Value)).ToArray();
        (OutputComparison first, int _) = drawn[0];
        (OutputComparison worst, int _) = drawn.OrderBy(item => item.Layer.Snr).First();
        string caption = $"The first value that differs is {Figures.Short(first.Name, NameLength)} ({Figures.Decibels(first.Snr)}), the worst {Figures.Short(worst.Name, NameLength)} ({Figures.Decibels(worst.Snr)}).";
        string Draw(double width, string id) => WeightLine.Draw(
            [new WeightLine.Line(points)], [], layers.Count, new LinearAxis(), "Signal-to-noise ratio, dB", [], width, id, $"Signal-to-noise ratio of intermediate values in order of execution. {caption}", "Intermediate value, in order of execution");
        return new Figure("Signal-to-noise ratio along the model", caption, [("difference", "intermediate value")], Draw(WeightLine.Wide, "layers-line"), Draw(WeightLine.Narrow, "layers-line-narrow"));
    }
}
