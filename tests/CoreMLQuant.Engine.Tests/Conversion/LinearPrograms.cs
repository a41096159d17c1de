using System;
using System.Linq;
using CoreMLQuant.Specification.Schema;
using CoreMLQuant.Tests.Mil;

namespace CoreMLQuant.Tests.Conversion;

/// <summary>ML Programs of linear layers, one after the other, with given weights.</summary>
internal static class LinearPrograms
{
    /// <summary>Writes a package; each weight is that of a layer <c>linear</c> of its name with <c>_y</c>.</summary>
    public static string Write(ScratchFolder scratch, params (string Name, float[] Values, long[] Shape)[] weights)
    {
        MilModelBuilder builder = new MilModelBuilder(8).Input("x");
        string last = "x";
        foreach ((string name, float[] values, long[] shape) in weights)
        {
            builder.Const(name, Value(values, shape)).Op("linear", name + "_y", ("x", last), ("weight", name));
            last = name + "_y";
        }

        return builder.Output(last).Write(scratch);
    }

    /// <summary>A tensor of FP32.</summary>
    public static Value Value(float[] values, long[] shape) => ConstexprPrograms.Tensor(DataType.Float32, shape, values.Select(value => (double)value).ToArray());

    /// <summary>Normally distributed values, the same for the same number.</summary>
    public static float[] Random(int count)
    {
        var random = new Random(count);
        return Enumerable.Range(0, count).Select(_ => (float)Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * (float)Math.Cos(2 * Math.PI * random.NextDouble())).ToArray();
    }
}
