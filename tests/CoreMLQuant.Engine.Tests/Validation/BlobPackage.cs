using System;
using System.Buffers.Binary;
using System.IO;
using System.Linq;
using CoreMLQuant.Specification.Schema;
using CoreMLQuant.Tests.Mil;
using CoreMLQuant.WeightBlobs;

namespace CoreMLQuant.Tests.Validation;

/// <summary>
/// A program with two constants of 16 FP32 values in a weight file: records at 64 and 192, data at 128 and 256;
/// behind them blobs that nothing refers to.
/// </summary>
internal sealed class BlobPackage
{
    private const int DataLength = 64;

    private readonly string _weights;

    public BlobPackage(ScratchFolder scratch, int unused = 0)
    {
        Path = new MilModelBuilder(6, DataLength / sizeof(float))
            .Input("x")
            .Const("a", Reference(64))
            .Const("b", Reference(192))
            .Op("add", "s", ("x", "x"), ("y", "a"))
            .Op("add", "y", ("x", "s"), ("y", "b"))
            .Output("y")
            .Write(scratch);
        _weights = System.IO.Path.Combine(Path, "Data", "com.apple.CoreML", "weights", "weight.bin");
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(_weights)!);
        using FileStream file = File.Create(_weights);
        file.Write(BlobRecord.Header(2 + unused));
        for (int i = 0; i < 2 + unused; i++)
        {
            file.Write(new BlobRecord(BlobDataType.Float32, DataLength, file.Position + BlobRecord.Size, 0).ToBytes());
            file.Write(Enumerable.Range(1, DataLength / 4).SelectMany(value => BitConverter.GetBytes((float)value)).ToArray());
        }
    }

    public string Path { get; }

    /// <summary>Writes four bytes into the weight file.</summary>
    public string Patch(int offset, int value)
    {
        byte[] bytes = File.ReadAllBytes(_weights);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(offset), value);
        File.WriteAllBytes(_weights, bytes);
        return Path;
    }

    /// <summary>Deletes the weight file.</summary>
    public string Without()
    {
        File.Delete(_weights);
        return Path;
    }

    private static Value Reference(ulong offset) => new()
    {
        Type = MilModelBuilder.Tensor(DataType.Float32, DataLength / 4),
        BlobFileValue = new Value.Types.BlobFileValue { FileName = "@model_path/weights/weight.bin", Offset = offset },
    };
}
