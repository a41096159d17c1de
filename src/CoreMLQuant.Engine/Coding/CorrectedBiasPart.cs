using System;
using System.Buffers.Binary;
using CoreMLQuant.Elements;
using CoreMLQuant.Tensors;

namespace CoreMLQuant.Coding;

/// <summary>
/// The bias of a layer, with what the errors of its weight change in the output on the mean: <c>b + (W - Q) E[x]</c> (Nagel et al., Data-free
/// quantization through weight equalization and bias correction, 2019, 4.2).
/// </summary>
/// <param name="weight">The weight; its errors are known once it has been prepared.</param>
/// <param name="bias">The bias as it is; <see langword="null"/> where there is none.</param>
/// <param name="type">FP32 or FP16.</param>
/// <param name="count">Number of output channels.</param>
internal sealed class CorrectedBiasPart(EncodedWeight weight, TensorValues? bias, ElementType type, int count) : DerivedPart(weight, type.ByteCount(count))
{
    protected override byte[] Bytes()
    {
        float[] values = new float[count];
        bias?.Read(0, values);
        byte[] bytes = new byte[Length];
        for (int channel = 0; channel < count; channel++)
        {
            float corrected = (float)(values[channel] + Weight.Shifts![channel]);
            if (type == ElementType.Float16)
            {
                // What does not fit stays as it is: FP16 has no room for the correction.
                float fitting = Math.Abs(corrected) < HalfConversion.FirstUnrepresentable ? corrected : values[channel];
                BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(channel * sizeof(ushort)), HalfConversion.FromSingleBits(SingleBits.ToBits(fitting)));
            }
            else
            {
                float fitting = Math.Abs(corrected) <= float.MaxValue ? corrected : values[channel];
                BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(channel * sizeof(uint)), SingleBits.ToBits(fitting));
            }
        }

        return bytes;
    }
}
