using System;
using System.Collections.Generic;
using CoreMLQuant.Mil.Signatures;

namespace CoreMLQuant.Mil.Float16;

/// <summary>Which operations and parameters may be FP16 at which opset. The rules are those of coremltools' FP16 pass.</summary>
internal static class PrecisionRules
{
    // From CoreML7 on, these parameters have a type domain of their own and keep the accuracy of FP32.
    private const int FirstMixedOpset = 7;

    // Control flow, lists and states keep their interface: their types are fixed by blocks, list types and state types.
    private static readonly HashSet<string> NeverConverted = new(StringComparer.Ordinal)
    {
        "const", "cast", "while_loop", "cond", "make_list", "list_gather", "list_scatter", "list_read", "list_write",
        "list_length", "read_state", "write_state", "coreml_update_state",
    };

    private static readonly HashSet<string> KeepsAlpha = new(StringComparer.Ordinal)
    {
        "elu", "leaky_relu", "prelu", "thresholded_relu",
        "clamped_relu", "linear_activation", "scaled_tanh", "sigmoid_hard", "softplus_parametric",
    };

    private static readonly HashSet<string> KeepsBeta = new(StringComparer.Ordinal)
    {
        "clamped_relu", "linear_activation", "scaled_tanh", "sigmoid_hard", "softplus_parametric",
    };

    private static readonly HashSet<string> KeepsEpsilon = new(StringComparer.Ordinal) { "inverse", "log", "rsqrt" };

    /// <summary>Whether an operation divides by a parameter.</summary>
    public static bool Divides(string operation, string parameter) =>
        (operation, parameter) is ("batch_norm", "variance") or ("real_div" or "floor_div" or "mod", "y");

    /// <summary>Whether an operation's types are fixed by something other than its inputs' types.</summary>
    public static bool HasFixedInterface(string operationType) => NeverConverted.Contains(operationType);

    /// <summary>Whether a parameter that is FP32 may become FP16.</summary>
    public static bool AdmitsFloat16(OperationSignature signature, string parameter, int opset)
    {
        if (signature.Parameter(parameter) is not { AdmitsFloat16: true })
        {
            return false;
        }

        string type = signature.OperationType;
        return opset < FirstMixedOpset
            || !((parameter == "alpha" && KeepsAlpha.Contains(type))
                || (parameter == "beta" && KeepsBeta.Contains(type))
                || (parameter == "epsilon" && KeepsEpsilon.Contains(type)));
    }

    /// <summary>
    /// Whether an operation's FP32 outputs become FP16 when a parameter does: outputs have the type of domain T, or
    /// of the scale of a dequantization (DstT), or of a fill value; weights in a domain of their own (U) do not count.
    /// </summary>
    public static bool DecidesOutput(OperationSignature signature, string parameter)
    {
        string domain = signature.Parameter(parameter)?.Domain ?? string.Empty;
        return signature.OperationType == "fill_like" ? domain == "U" : domain is "T" or "DstT" or "";
    }
}
