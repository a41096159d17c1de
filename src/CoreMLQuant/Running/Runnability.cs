using System;
using System.Collections.Generic;
using System.ComponentModel;
using System.IO;
using System.Linq;
using System.Threading;
using CoreMLQuant.Errors;
using CoreMLQuant.Models;
using CoreMLQuant.Onnx;
using CoreMLQuant.Validation.Findings;

namespace CoreMLQuant.Running;

/// <summary>
/// Whether models can be run, told from their structure: nothing is loaded that runs models. The type data asks it when somebody looks at
/// IsRunnable, since listing models must not cost translating each.
/// </summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class Runnability
{
    // Not a rule of the format, and so not among the validator's.
    private const string Rule = "NotRunnable";

    /// <summary>Whether a model can be run; <see langword="null"/> when it cannot be read (any more).</summary>
    /// <param name="path">Full path of the model.</param>
    /// <param name="followLinks">Whether links may lead out of the model.</param>
    public static bool? IsRunnable(string path, bool followLinks)
    {
        try
        {
            using ModelFile file = ModelFile.Open(path, followLinks);
            return OnnxTranslator.Check(file).IsRunnable;
        }
        catch (Exception e) when (e is CoreMLFormatException or IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>What of a model cannot be run, as findings.</summary>
    internal static IEnumerable<Finding> Findings(string path, bool followLinks, CancellationToken cancellationToken)
    {
        using ModelFile file = ModelFile.Open(path, followLinks, cancellationToken);
        return OnnxTranslator.Check(file, null, cancellationToken).NotRunnable
            .Select(operation => new Finding
            {
                ModelPath = path,
                Severity = nameof(FindingSeverity.Information),
                Rule = Rule,
                File = path,
                Location = $"{operation.Place} {operation.Type} '{operation.Name}'",
                Message = $"Invoke-CoreMLModel cannot run it: {operation.Reason}",
                Remedy = "Run the model on a Mac; everything else that this module does works on it.",
            })
            .ToArray();
    }
}
