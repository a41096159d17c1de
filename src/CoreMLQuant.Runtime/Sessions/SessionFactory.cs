using System;
using System.Globalization;
using System.Linq;
using CoreMLQuant.Onnx;
using CoreMLQuant.Running;
using Microsoft.ML.OnnxRuntime;

namespace CoreMLQuant.Runtime.Sessions;

/// <summary>How sessions are set up.</summary>
internal static class SessionFactory
{
    // Rearranging weights for the processor's caches takes a copy of them: it pays for small models, and large ones would no longer be mapped.
    private const long LargestPrepacked = 64L << 20;

    // The blocked layout of convolutions (NCHWc) copies their weights as well, and speeds them up more: it stays on for longer.
    private const long LargestRearranged = 512L << 20;

    // ONNX Runtime copies weights that it is given before it optimizes a graph. Given afterwards, they are used where they are, but then nothing may be computed from them
    // before: the graph runs as it was translated, which gives the same values up to the rounding of sums and is a little slower.
    private const long LargestCopied = 512L << 20;

    /// <summary>Options for a translation: one thread at a time unless asked otherwise, values in the limited pool.</summary>
    public static SessionOptions Options(OnnxTranslation translation, RunSettings settings)
    {
        var options = new SessionOptions
        {
            IntraOpNumThreads = settings.ThreadCount,
            InterOpNumThreads = 1,
            ExecutionMode = ExecutionMode.ORT_SEQUENTIAL,
            GraphOptimizationLevel = GraphOptimizationLevel.ORT_ENABLE_ALL,
            LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL,
        };
        options.AddSessionConfigEntry("session.use_env_allocators", "1");
        options.AddSessionConfigEntry("session.intra_op.allow_spinning", "0");
        long weightBytes = translation.StoredWeights.Sum(weight => weight.Length) + translation.DecodedWeights.Sum(weight => weight.ByteCount);
        if (SharesDecoded(translation))
        {
            options.GraphOptimizationLevel = GraphOptimizationLevel.ORT_DISABLE_ALL;
        }

        if (weightBytes > LargestPrepacked)
        {
            options.AddSessionConfigEntry("session.disable_prepacking", "1");
        }

        if (weightBytes > LargestRearranged)
        {
            options.AddSessionConfigEntry("optimization.disable_specified_optimizers", "NchwcTransformer");
        }

        return options;
    }

    /// <summary>Whether decoded weights are so large that a session uses them where they are.</summary>
    public static bool SharesDecoded(OnnxTranslation translation) => translation.DecodedWeights.Sum(weight => weight.ByteCount) > LargestCopied;

    /// <summary>Refuses weights that would not fit into memory, and values that are known to be larger before anything is computed.</summary>
    /// <exception cref="ModelRunException">They would not.</exception>
    public static void RequireMemory(OnnxTranslation translation, string path)
    {
        long bytes = translation.DecodedWeights.Sum(weight => weight.ByteCount);
        if (bytes > OrtEnvironment.MemoryLimit)
        {
            throw new ModelRunException(string.Format(
                CultureInfo.InvariantCulture,
                "'{0}': its decoded weights take {1} bytes; a running model may use {2}, three quarters of this machine's memory.",
                path,
                bytes,
                OrtEnvironment.MemoryLimit));
        }

        if (translation.Taps.FirstOrDefault(tap => SmallestSize(tap) > OrtEnvironment.MemoryLimit) is { } value)
        {
            throw new ModelRunException(string.Format(
                CultureInfo.InvariantCulture,
                "'{0}': operation '{1}': its value '{2}' [{3}] needs more memory than a running model may use ({4} bytes, three quarters of this machine's memory).",
                path,
                value.Operation,
                value.Name,
                string.Join(", ", value.Shape),
                OrtEnvironment.MemoryLimit));
        }
    }

    // A byte an element at least; as a double, since dimensions may multiply beyond 63 bits. What is not known until the model runs counts as one.
    private static double SmallestSize(OnnxTap tap) => tap.Shape.Aggregate(1.0, (product, size) => product * Math.Abs((double)size));
}
