using System;
using System.Collections.Generic;
using System.Linq;
using System.Runtime.InteropServices;
using CoreMLQuant.Mil;
using CoreMLQuant.Models;
using CoreMLQuant.Specification.Schema;

namespace CoreMLQuant.Tests.Tensors.Clustering;

/// <summary>A weight that coremltools palettized: its values before, and the tables of its groups of channels.</summary>
/// <param name="Name">Name of the palettized value.</param>
/// <param name="Shape">Shape of the weight.</param>
/// <param name="Values">The FP32 values of the source.</param>
/// <param name="Tables">One table for each group, groups in C order.</param>
/// <param name="GroupOf">The group of each value.</param>
internal sealed record PalettizedWeight(string Name, long[] Shape, float[] Values, float[][] Tables, int[] GroupOf)
{
    /// <summary>The values of a group, in C order.</summary>
    public float[] Group(int group) => Values.Where((_, i) => GroupOf[i] == group).ToArray();
}

/// <summary>Reads a variant that coremltools palettized together with the FP32 model it started from.</summary>
internal static class PalettizedFixture
{
    public static IReadOnlyList<PalettizedWeight> Read(string folder, string variant)
    {
        using ModelFile source = ModelFile.Open(TestFiles.Fixture(folder, "fp32.mlpackage")), palettized = ModelFile.Open(TestFiles.Fixture(folder, variant));
        var constants = Operations(source).Where(node => node.IsConst).GroupBy(node => node.Outputs[0].Name).ToDictionary(group => group.Key, group => group.First());
        var found = new List<PalettizedWeight>();
        foreach (OperationNode node in Operations(palettized).Where(node => node.Type == "constexpr_lut_to_dense"))
        {
            string name = node.Outputs[0].Name;
            if (constants.TryGetValue(name.Replace("_palettized", string.Empty), out OperationNode? constant) && constant.ConstValue is { } value)
            {
                long[] shape = MilTypes.ShapeOf(node.Outputs[0].Declaration.Type).ToArray(), tables = MilTypes.ShapeOf(node.Parameter("lut")!.Type).ToArray();
                float[] entries = Floats(palettized, node.Parameter("lut")!);

                // Before CoreML8 a table has one axis and there is one of them.
                long[] groups = tables.Length == 1 ? shape.Select(_ => 1L).ToArray() : tables.Take(shape.Length).ToArray();
                int length = entries.Length / (int)groups.Aggregate(1L, (product, count) => product * count);
                found.Add(new PalettizedWeight(name, shape, Floats(source, value), Chunks(entries, length), GroupsOf(shape, groups)));
            }
        }

        return found;
    }

    private static IEnumerable<OperationNode> Operations(ModelFile model) => ProgramGraph.Of(model.Specification.MlProgram).SelectMany(graph => graph.Operations);

    private static float[] Floats(ModelFile model, Value value) =>
        MemoryMarshal.Cast<byte, float>(TensorData.Of(model, model.Payloads, value, "test")!.Data!.ToArray()).ToArray();

    private static float[][] Chunks(float[] entries, int length) =>
        Enumerable.Range(0, entries.Length / length).Select(i => entries.AsSpan(i * length, length).ToArray()).ToArray();

    private static int[] GroupsOf(long[] shape, long[] groups) =>
        Enumerable.Range(0, (int)shape.Aggregate(1L, (product, size) => product * size)).Select(index =>
        {
            long rest = index, group = 0, stride = 1;
            for (int axis = shape.Length - 1; axis >= 0; axis--)
            {
                group += rest % shape[axis] / (shape[axis] / groups[axis]) * stride;
                rest /= shape[axis];
                stride *= groups[axis];
            }

            return (int)group;
        }).ToArray();
}
