using System;
using System.IO;
using System.Runtime.InteropServices;
using CoreMLQuant.Specification.Schema;
using CoreMLQuant.WeightBlobs;

namespace CoreMLQuant.Tests.Mil;

/// <summary>A program of linear operations in a row, with the weights given, FP32, in a weight file.</summary>
internal static class WeightPackage
{
    /// <summary>Writes it as <c>model.mlpackage</c>.</summary>
    /// <param name="scratch">Takes it.</param>
    /// <param name="shape">Dimensions of every weight.</param>
    /// <param name="weights">Names and values; each is used by an operation of its own.</param>
    /// <returns>The package's path.</returns>
    public static string Write(ScratchFolder scratch, long[] shape, params (string Name, float[] Values)[] weights) => Write(scratch, "model.mlpackage", shape, weights);

    /// <summary>Writes it.</summary>
    /// <param name="scratch">Takes it.</param>
    /// <param name="package">Its name.</param>
    /// <param name="shape">Dimensions of every weight.</param>
    /// <param name="weights">Names and values; each is used by an operation of its own.</param>
    /// <returns>The package's path.</returns>
    public static string Write(ScratchFolder scratch, string package, long[] shape, params (string Name, float[] Values)[] weights) => Write(scratch, package, 8, shape, weights);

    /// <summary>Writes it.</summary>
    /// <param name="scratch">Takes it.</param>
    /// <param name="package">Its name.</param>
    /// <param name="opset">Number of its opset.</param>
    /// <param name="shape">Dimensions of every weight.</param>
    /// <param name="weights">Names and values; each is used by an operation of its own.</param>
    /// <returns>The package's path.</returns>
    public static string Write(ScratchFolder scratch, string package, int opset, long[] shape, params (string Name, float[] Values)[] weights)
    {
        MilModelBuilder builder = new MilModelBuilder(opset).Input("x");
        using var file = new MemoryStream();
        file.Write(BlobRecord.Header(weights.Length));
        string last = "x";
        foreach ((string name, float[] values) in weights)
        {
            file.SetLength(BlobRecord.Align(file.Length));
            file.Position = file.Length;
            builder.Const(name, new Value
            {
                Type = MilModelBuilder.Tensor(DataType.Float32, shape),
                BlobFileValue = new Value.Types.BlobFileValue { FileName = "@model_path/weights/weight.bin", Offset = (ulong)file.Position },
            }).Op("linear", name + "_y", ("x", last), ("weight", name));
            byte[] bytes = MemoryMarshal.AsBytes(values.AsSpan()).ToArray();
            file.Write(new BlobRecord(BlobDataType.Float32, bytes.Length, file.Position + BlobRecord.Size, 0).ToBytes());
            file.Write(bytes);
            last = name + "_y";
        }

        string written = builder.Output(last).Write(scratch, package), path = Path.Combine(written, "Data", "com.apple.CoreML", "weights", "weight.bin");
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, file.ToArray());
        return written;
    }
}
