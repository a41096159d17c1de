using CoreMLQuant.Specification.Schema.Details;
using Google.Protobuf;

namespace CoreMLQuant.Validation.Stages;

/// <summary>
/// An ensemble of trees, read node by node: a forest has millions of them, and their connections are all that is kept.
/// Field numbers: Core ML specification, TreeEnsemble.
/// </summary>
internal sealed class TreeEnsemble
{
    private const int EnsembleField = 1, TextLabelsField = 100, NumberLabelsField = 101;
    private const int NodesField = 1, DimensionsField = 2, BaseValuesField = 3;

    /// <summary>Number of values that are predicted.</summary>
    public ulong Dimensions { get; private set; }

    /// <summary>Number of values that predictions begin with.</summary>
    public int BaseValueCount { get; private set; }

    /// <summary>Number of class labels.</summary>
    public int ClassCount { get; private set; }

    /// <summary>The nodes.</summary>
    public TreeNodes Nodes { get; } = new();

    /// <summary>Reads an ensemble.</summary>
    /// <exception cref="InvalidProtocolBufferException">The bytes are no ensemble.</exception>
    public static TreeEnsemble Read(CodedInputStream input)
    {
        var ensemble = new TreeEnsemble();
        for (uint tag = input.ReadTag(); tag != 0; tag = input.ReadTag())
        {
            switch (WireFormat.GetTagFieldNumber(tag))
            {
                case EnsembleField:
                    ensemble.ReadTrees(input);
                    break;
                case TextLabelsField:
                    ensemble.ClassCount = Read(input, new StringLabels()).Vector.Count;
                    break;
                case NumberLabelsField:
                    ensemble.ClassCount = Read(input, new Int64Labels()).Vector.Count;
                    break;
                default:
                    input.SkipLastField();
                    break;
            }
        }

        return ensemble;
    }

    private void ReadTrees(CodedInputStream input)
    {
        for (long end = EndOf(input); input.Position < end;)
        {
            uint tag = input.ReadTag();
            switch (WireFormat.GetTagFieldNumber(tag))
            {
                case NodesField:
                    Nodes.Add(Read(input, new TreeNodeDetails()));
                    break;
                case DimensionsField:
                    Dimensions = input.ReadUInt64();
                    break;
                case BaseValuesField when WireFormat.GetTagWireType(tag) == WireFormat.WireType.LengthDelimited:
                    for (long last = EndOf(input); input.Position < last; BaseValueCount++)
                    {
                        input.ReadDouble();
                    }

                    break;
                case BaseValuesField:
                    input.ReadDouble();
                    BaseValueCount++;
                    break;
                default:
                    input.SkipLastField();
                    break;
            }
        }
    }

    private static long EndOf(CodedInputStream input)
    {
        int length = input.ReadLength();
        return input.Position + length;
    }

    private static T Read<T>(CodedInputStream input, T message)
        where T : IMessage
    {
        input.ReadMessage(message);
        return message;
    }
}
