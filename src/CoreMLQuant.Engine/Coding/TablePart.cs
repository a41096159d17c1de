using System.Linq;
using CoreMLQuant.Elements;

namespace CoreMLQuant.Coding;

/// <summary>One of the tables that decode a weight's codes.</summary>
internal sealed class TablePart(EncodedWeight weight, TensorCoder coder, int index)
    : DerivedPart(weight, coder.Tables[index].Type.ByteCount(coder.Tables[index].Shape.Aggregate(1L, (product, dimension) => product * dimension)))
{
    protected override byte[] Bytes() => coder.TableBytes(index);
}
