namespace CoreMLQuant.Tensors.Compensation;

/// <summary>
/// What is added to the diagonal of a Gram matrix before its inverse tells how to make good errors, as a share of its mean. It keeps compensation from relying on
/// directions in which the samples that calibrated hardly differ, but others may: the fewer samples, the more there are of them.
/// </summary>
internal static class Damping
{
    /// <summary>Of pruning, as in SparseGPT (Frantar and Alistarh, 2023). Zeros move so far that more damping only loses.</summary>
    public const double Pruning = 0.01;

    // GPTQ's 1 % is for 128 long texts. Measured on samples that calibrated nothing, 3 % are best for 64 and 10 % for 8: docs/BENCHMARKS.md.
    private const double Quantization = 0.02, QuantizationOfOneSample = 0.64;

    /// <summary>Of quantization and tables.</summary>
    /// <param name="samples">Number of samples, at least 1.</param>
    public static double OfQuantization(int samples) => Quantization + (QuantizationOfOneSample / samples);
}
