using System.Globalization;
using System.IO;
using System.Threading;
using CoreMLQuant.Onnx.Schema;
using Google.Protobuf;

namespace CoreMLQuant.Onnx.Files;

/// <summary>Puts the bytes of weights where a file that stands on its own has them.</summary>
internal static class OnnxTensors
{
    // As the weights of models are mapped into memory page by page.
    private const long Alignment = 4096;

    /// <summary>Into the tensor itself.</summary>
    public static void PutInside(TensorProto tensor, byte[] bytes)
    {
        tensor.ExternalData.Clear();
        tensor.DataLocation = TensorProto.Types.DataLocation.Default;
        tensor.RawData = UnsafeByteOperations.UnsafeWrap(bytes);
    }

    /// <summary>Into a file beside the model, which the tensor then refers to.</summary>
    public static void PutBeside(TensorProto tensor, string fileName, WeightBytes weight, Stream stream, CancellationToken cancellationToken)
    {
        stream.Position = (stream.Position + Alignment - 1) / Alignment * Alignment;
        tensor.ExternalData.Clear();
        tensor.DataLocation = TensorProto.Types.DataLocation.External;
        Refer("location", fileName);
        Refer("offset", stream.Position.ToString(CultureInfo.InvariantCulture));
        Refer("length", weight.Length.ToString(CultureInfo.InvariantCulture));
        weight.Copy((piece, count) => stream.Write(piece, 0, count), cancellationToken);

        void Refer(string key, string value) => tensor.ExternalData.Add(new StringStringEntryProto { Key = key, Value = value });
    }
}
