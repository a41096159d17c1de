using System;
using System.Collections.Generic;
using System.Linq;
using CoreMLQuant.Calibration;
using CoreMLQuant.Inspection;
using CoreMLQuant.Mil;
using CoreMLQuant.Mil.Weights;
using CoreMLQuant.Models;
using CoreMLQuant.NeuralNetworks;

namespace CoreMLQuant.Tests.Conversion;

/// <summary>Statistics as a calibration would collect them, of inputs that are not from a run: they depend on each other, and their means are not zero.</summary>
internal static class SyntheticStatistics
{
    /// <summary>Statistics of every weight of linear, conv and matmul operations, or of innerProduct and convolution layers.</summary>
    /// <param name="model">The model.</param>
    /// <param name="hasGram">Whether there are Gram matrices.</param>
    public static CalibrationStatistics Of(ModelFile model, bool hasGram = true) =>
        new(string.Empty, ["synthetic"], PipelineStages.Of(model.Specification).SelectMany(stage => Layers(model, stage)).Select(layer => Fill(layer, hasGram)), []);

    /// <summary>Statistics of one weight from given inputs.</summary>
    /// <param name="weight">The weight, its dimensions, those of its inputs, and the axis of the output channels.</param>
    /// <param name="inputs">The inputs of each group.</param>
    /// <param name="hasGram">Whether there are Gram matrices.</param>
    public static LayerStatistics Of((WeightKey Key, IReadOnlyList<long> Shape, long[] Inputs, int OutputAxis) weight, double[][][] inputs, bool hasGram = true)
    {
        int columns = inputs[0][0].Length;
        double[] means = new double[inputs.Length * columns], moments = new double[means.Length], gram = new double[means.Length * columns];
        for (int group = 0; group < inputs.Length; group++)
        {
            foreach (double[] x in inputs[group])
            {
                for (int i = 0; i < columns; i++)
                {
                    int row = (group * columns) + i;
                    means[row] += x[i] / inputs[group].Length;
                    moments[row] += x[i] * x[i] / inputs[group].Length;
                    for (int j = 0; j < columns; j++)
                    {
                        gram[(row * columns) + j] += x[i] * x[j] / inputs[group].Length;
                    }
                }
            }
        }

        return new LayerStatistics(weight.Key, weight.Shape, weight.Inputs, weight.OutputAxis)
        {
            SampleCount = inputs[0].Length,
            RowCount = inputs[0].Length,
            Means = means,
            SecondMoments = moments,
            Gram = hasGram ? GramSource.Of(gram) : null,
            GramReason = hasGram ? string.Empty : "its Gram matrix would be too large",
        };
    }

    /// <summary>Inputs that depend on each other, each group's its own.</summary>
    public static double[][][] Inputs(int seed, int groups, int columns, int count)
    {
        var random = new Random(seed);
        return Enumerable.Range(0, groups).Select(_ => Enumerable.Range(0, count).Select(_ =>
        {
            double shared = 2 * random.NextDouble();
            return Enumerable.Range(0, columns).Select(_ => shared + random.NextDouble()).ToArray();
        }).ToArray()).ToArray();
    }

    private static LayerStatistics Fill((WeightKey Key, IReadOnlyList<long> Shape, long[] Inputs, int OutputAxis) weight, bool hasGram)
    {
        int groups = (int)weight.Inputs[weight.OutputAxis];
        int columns = (int)(weight.Inputs.Aggregate(1L, (product, length) => product * length) / groups);
        return Of(weight, Inputs(weight.Key.Name.Length, groups, columns, columns + 20), hasGram);
    }

    private static IEnumerable<(WeightKey, IReadOnlyList<long>, long[], int)> Layers(ModelFile model, PipelineStage stage) =>
        NetworkLayers.Of(stage.Model) is null ? Program(model, stage) : Network(model, stage);

    private static IEnumerable<(WeightKey, IReadOnlyList<long>, long[], int)> Program(ModelFile model, PipelineStage stage)
    {
        var tensors = new TensorCatalog(model, model.Payloads);
        foreach (ProgramGraph graph in ProgramGraph.Of(stage.Model.MlProgram))
        {
            foreach (OperationNode node in graph.Operations)
            {
                if (MilWeights.SiteOf(tensors, stage.Name, graph, node) is not { } site
                    || node.Outputs[0].Uses is not [{ Parameter: "weight" or "y", Consumer: { Type: "linear" or "conv" or "matmul" } consumer }])
                {
                    continue;
                }

                long groups = consumer.Parameter("groups")?.ImmediateValue?.Tensor?.Ints is { Values.Count: 1 } count ? count.Values[0] : 1;
                yield return consumer.Type == "matmul"
                    ? (WeightKey.Of(site), site.Shape, [site.Shape[0], 1], 1)
                    : (WeightKey.Of(site), site.Shape, [groups, .. site.Shape.Skip(1)], 0);
            }
        }
    }

    private static IEnumerable<(WeightKey, IReadOnlyList<long>, long[], int)> Network(ModelFile model, PipelineStage stage)
    {
        foreach (WeightSite site in model.GetWeights().Where(site => site.Stage == stage.Name && site.Shape.Count > 1 && site.OpType is "innerProduct" or "convolution"))
        {
            NetworkLayer layer = NetworkLayers.All(NetworkLayers.Of(stage.Model)!).Single(layer => layer.Path == site.OpName);
            long groups = layer.Message.Convolution?.NGroups is > 0 and var count ? (long)count : 1;
            if (layer.Message.Convolution?.IsDeconvolution != true)
            {
                yield return (WeightKey.Of(site), site.Shape, [groups, .. site.Shape.Skip(1)], 0);
            }
        }
    }
}
