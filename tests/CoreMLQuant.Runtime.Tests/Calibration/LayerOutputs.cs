using System;
using System.Collections.Generic;
using System.Linq;
using CoreMLQuant.Calibration;
using CoreMLQuant.Mil;
using CoreMLQuant.Models;
using CoreMLQuant.NeuralNetworks;
using CoreMLQuant.Running;
using CoreMLQuant.Specification.Schema;
using CoreMLQuant.Tensors.Compensation;

namespace CoreMLQuant.Runtime.Tests.Calibration;

/// <summary>What the operation of a weight gives, by the statistics of its inputs and by running it.</summary>
internal static class LayerOutputs
{
    /// <summary>Variance of each output channel that follows from the statistics; a bias does not change it.</summary>
    public static double[] ExpectedVariances(LayerStatistics layer, float[] weight)
    {
        int outputs = (int)layer.Shape[layer.OutputAxis], columns = layer.Columns;
        var rows = new double[outputs][];
        var groups = new int[outputs];
        for (long element = 0; element < weight.Length; element++)
        {
            long block = layer.InputGrid.BlockOf(element);
            int channel = (int)(element / layer.Shape.Skip(layer.OutputAxis + 1).Aggregate(1L, (product, size) => product * size) % outputs);
            (rows[channel] ??= new double[columns])[block % columns] = weight[element];
            groups[channel] = (int)(block / columns);
        }

        return rows.Select((row, channel) => Variance(row, layer, groups[channel])).ToArray();
    }

    /// <summary>Energy of the outputs for each vector that follows from the statistics, all channels together.</summary>
    public static double ExpectedEnergy(LayerStatistics layer, float[] weight)
    {
        var layout = new MatrixLayout(layer.InputGrid, layer.Groups);
        double[] gram = layer.Gram!.Read();
        int columns = layout.Columns;
        return Enumerable.Range(0, layout.Groups).Sum(group => Enumerable.Range(0, layout.Rows).Sum(row => Enumerable.Range(0, columns * columns).Sum(pair =>
            weight[layout.Element(group, row, pair / columns)] * gram[(group * columns * columns) + pair] * weight[layout.Element(group, row, pair % columns)])));
    }

    /// <summary>All values of a weight.</summary>
    public static float[] Decode(FoundWeight weight)
    {
        float[] values = new float[weight.Site.ElementCount];
        weight.Decode()!.Read(0, values);
        return values;
    }

    /// <summary>Name of the value that the operation of a weight makes; <see langword="null"/> when it has several users, or is made inside of a branch or a loop of a NeuralNetwork.</summary>
    public static string? NameOf(ModelFile file, WeightSite site)
    {
        Model model = PipelineStages.Of(file.Specification).Single(stage => stage.Name == site.Stage).Model;
        if (NetworkLayers.Of(model) is { } layers)
        {
            return NetworkLayers.Of(layers, string.Empty).FirstOrDefault(layer => layer.Path == site.OpName)?.Message.Output[0];
        }

        ProgramGraph graph = ProgramGraph.ToRun(model, null)!;
        OperationNode maker = graph.Operations.First(operation => operation.Outputs.Count > 0 && operation.Outputs[0].Name == site.Name);
        return maker.Outputs[0].Uses.Count == 1 ? maker.Outputs[0].Uses[0].Consumer.Outputs[0].Name : null;
    }

    /// <summary>Variance of each output channel of values.</summary>
    public static double[] Variances(IReadOnlyList<MultiArray> values, int outputs, int spatialAxes)
    {
        var all = Enumerable.Range(0, outputs).Select(_ => new List<double>()).ToArray();
        foreach (MultiArray value in values)
        {
            float[] elements = (float[])value.Values;
            int spatial = (int)value.Shape.Skip(value.Shape.Length - spatialAxes).Aggregate(1L, (product, size) => product * size);
            for (int i = 0; i < elements.Length; i++)
            {
                all[i / spatial % outputs].Add(elements[i]);
            }
        }

        return all.Select(channel => channel.Average(value => value * value) - Math.Pow(channel.Average(), 2)).ToArray();
    }

    private static double Variance(double[] row, LayerStatistics layer, int group)
    {
        int columns = layer.Columns;
        double sum = 0;
        for (int i = 0; i < columns; i++)
        {
            for (int j = 0; j < columns; j++)
            {
                double covariance = layer.Gram!.Read()[(((group * columns) + i) * columns) + j] - (layer.Means[(group * columns) + i] * layer.Means[(group * columns) + j]);
                sum += row[i] * row[j] * covariance;
            }
        }

        return sum;
    }
}
