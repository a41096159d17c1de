using System.Collections.Generic;
using System.Linq;
using CoreMLQuant.Elements;
using CoreMLQuant.Files;
using CoreMLQuant.Mil.Weights;
using CoreMLQuant.Planning;
using CoreMLQuant.Specification.Schema;
using CoreMLQuant.Tensors;
using CoreMLQuant.WeightBlobs;
using Google.Protobuf;

namespace CoreMLQuant.Mil.Compression;

/// <summary>
/// Puts tensors where coremltools would: into the weight file that the weight came from, or, when they have fewer than
/// ten elements, into the specification.
/// </summary>
internal sealed class TensorWriter(PlanBuilder builder)
{
    /// <summary>Makes the value of a tensor.</summary>
    /// <param name="weight">The weight that the tensor takes the place of.</param>
    /// <param name="reference">The weight's own value, for the file it refers to.</param>
    /// <param name="form">Names the tensor among those of the weight; the same name means the same bytes.</param>
    /// <param name="type">Element type.</param>
    /// <param name="shape">Dimensions.</param>
    /// <param name="data">The bytes.</param>
    public Value Write(TensorData weight, Value reference, string form, ElementType type, IReadOnlyList<long> shape, OutputPart data)
    {
        long count = shape.Aggregate(1L, (product, dimension) => product * dimension);
        var value = new Value { Type = MilTypes.Tensor(type, shape) };
        if (weight.File is null || count < MilWeights.MinimumElements)
        {
            value.ImmediateValue = new Value.Types.ImmediateValue { Tensor = Immediate(type, builder.Payloads.Attach(Placed(data))) };
            return value;
        }

        value.BlobFileValue = new Value.Types.BlobFileValue { FileName = reference.BlobFileValue.FileName };
        ulong padding = type.BitWidth() < 8 ? (ulong)SubBytePacking.PaddingBits(count, type.BitWidth()) : 0;
        builder.Refer(value, builder.BlobPlan(reference.BlobFileValue.FileName).Replace(
            weight.RecordOffset,
            form,
            () => new PlannedBlob(type.ToBlobDataType(), padding, Placed(data))));
        return value;
    }

    private static OutputPart Placed(OutputPart part)
    {
        (part as IPlacedPart)?.Place();
        return part;
    }

    // FP32 stands as numbers; what is smaller or unsigned stands as bytes.
    private static TensorValue Immediate(ElementType type, ByteString bytes) => type == ElementType.Float32
        ? new TensorValue { Floats = new TensorValue.Types.RepeatedFloats { Values = bytes } }
        : new TensorValue { Bytes = new TensorValue.Types.RepeatedBytes { Values = bytes } };
}
