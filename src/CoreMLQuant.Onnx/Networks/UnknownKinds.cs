using CoreMLQuant.Specification.Schema;
using Google.Protobuf;

namespace CoreMLQuant.Onnx.Networks;

/// <summary>Asks for kinds of layers that the specification's messages keep as bytes.</summary>
internal static class UnknownKinds
{
    /// <summary>Whether a layer has a field.</summary>
    public static bool Has(NeuralNetworkLayer layer, int number)
    {
        using CodedInputStream input = layer.ToByteString().CreateCodedInput();
        for (uint tag = input.ReadTag(); tag != 0; tag = input.ReadTag())
        {
            if (WireFormat.GetTagFieldNumber(tag) == number)
            {
                return true;
            }

            input.SkipLastField();
        }

        return false;
    }
}
