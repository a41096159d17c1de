using System.Management.Automation;
using CoreMLQuant.Conversion;

namespace CoreMLQuant.Abstractions;

/// <summary>The table that a result is shown in. A name in front of the type's own selects it, as for processes with #HandleCount; the result is the same object.</summary>
internal static class ResultView
{
    private const string WithOutputs = "CoreMLQuant.Conversion.ConversionResult#OutputSnr";

    /// <summary>The result, to be shown with the figures of its outputs where it has any. What was not converted is shown with its status, which that table has no room for.</summary>
    public static object Of(ConversionResult result)
    {
        if (result.OutputSamples is null || result.Status != nameof(ConversionStatus.Converted))
        {
            return result;
        }

        var shown = new PSObject(result);
        shown.TypeNames.Insert(0, WithOutputs);
        return shown;
    }
}
