using System.Runtime.CompilerServices;

namespace CoreMLQuant.Tensors;

/// <summary>How a loop over many values is compiled.</summary>
internal static class HotLoop
{
    /// <summary>
    /// Optimized at its first call, which may already have millions of values to do. (netstandard2.0 has no name for the
    /// flag; runtimes that do not know it ignore it.)
    /// </summary>
    public const MethodImplOptions Optimized = (MethodImplOptions)512;
}
