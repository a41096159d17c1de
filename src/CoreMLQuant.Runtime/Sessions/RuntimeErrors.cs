using System;
using System.Text.RegularExpressions;
using CoreMLQuant.Onnx;
using CoreMLQuant.Running;
using Microsoft.ML.OnnxRuntime;

namespace CoreMLQuant.Runtime.Sessions;

/// <summary>ONNX Runtime's messages in the model's own words: the operation that the node stands for, and what went wrong with it.</summary>
internal static partial class RuntimeErrors
{
    private static readonly string[] OutOfMemory = ["Failed to allocate memory", "Available memory of", "bad_alloc"];

    /// <summary>Wraps an error.</summary>
    public static ModelRunException Wrap(OnnxRuntimeException error, OnnxTranslation translation, string path)
    {
        Match node = NodeName().Match(error.Message);
        string? operation = node.Success ? translation.OperationOf(node.Groups[1].Value + node.Groups[2].Value) : null;
        Match status = Status().Match(error.Message);
        string reason = status.Success ? status.Groups[1].Value.Trim() : error.Message;
        string place = operation is null ? string.Empty : $" operation '{operation}':";
        return new ModelRunException(
            Array.Exists(OutOfMemory, words => reason.Contains(words, StringComparison.Ordinal))
                ? $"'{path}':{place} its values need more memory than a running model may use ({OrtEnvironment.MemoryLimit} bytes, three quarters of this machine's memory)."
                : $"'{path}':{place} ONNX Runtime cannot run it: {reason}",
            error);
    }

    [GeneratedRegex(@"Name:'([^']*)'|Node \(([^)]*)\)", RegexOptions.CultureInvariant)]
    private static partial Regex NodeName();

    [GeneratedRegex(@"Status Message: (.*)", RegexOptions.CultureInvariant | RegexOptions.Singleline)]
    private static partial Regex Status();
}
