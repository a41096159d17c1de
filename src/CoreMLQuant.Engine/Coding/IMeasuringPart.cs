using System.Threading;
using CoreMLQuant.Tensors;

namespace CoreMLQuant.Coding;

/// <summary>The part of an encoded weight that can tell what the encoding costs.</summary>
internal interface IMeasuringPart
{
    /// <summary>Computes the whole part without keeping it.</summary>
    void Measure(ErrorMeter meter, CancellationToken cancellationToken);
}
