using System.Linq;
using System.Management.Automation;
using CoreMLQuant.Errors;
using CoreMLQuant.Formatting;
using CoreMLQuant.Models;
using CoreMLQuant.Planning;

namespace CoreMLQuant.Abstractions;

/// <summary>What a user is told of a plan before it is carried out.</summary>
internal static class PlanMessages
{
    /// <summary>Writes a plan's warnings, and its details as verbose messages.</summary>
    public static void Write(EngineCommand cmdlet, CompressionPlan plan)
    {
        foreach (string pattern in plan.UnmatchedPatterns)
        {
            cmdlet.WriteWarning($"'{pattern}' does not match any operation or weight of '{plan.SourcePath}'.");
        }

        if (plan.HasChanges && plan.RequiredVersionAfter > plan.RequiredVersionBefore)
        {
            cmdlet.WriteWarning($"'{plan.SourcePath}' will require {Platform.RequiredOS(plan.RequiredVersionAfter)} "
                + $"(specification version {plan.RequiredVersionAfter}) instead of {Platform.RequiredOS(plan.RequiredVersionBefore)} ({plan.RequiredVersionBefore}).");
        }

        if (plan.SourceErrors.Count > 0)
        {
            cmdlet.WriteWarning($"'{plan.SourcePath}' {SourceErrors(plan)} The result has the same errors. Use Test-CoreMLModel -Detailed to list them.");
        }

        foreach (string warning in plan.Warnings)
        {
            cmdlet.WriteWarning($"'{plan.SourcePath}': {warning}.");
        }

        cmdlet.WriteVerbose($"'{plan.SourcePath}': {plan.ConvertedCount} of {plan.Weights.Count} weights to {plan.Description}, "
            + $"{DisplayText.Size(plan.SizeBefore)} -> {DisplayText.Size(plan.SizeAfter)}.");
        foreach (string note in plan.Notes)
        {
            cmdlet.WriteVerbose(note);
        }

        foreach (WeightPlan weight in plan.Weights.Where(weight => weight.Action == WeightAction.Skip))
        {
            cmdlet.WriteVerbose($"Skipped {weight.Site} ({weight.Site.OpType} '{weight.Site.OpName}'): {weight.Reason}");
        }
    }

    /// <summary>The error of a source with errors, which -Strict refuses.</summary>
    public static ErrorRecord Refused(CompressionPlan plan) => ErrorRecords.Create(
        ErrorIds.SourceHasErrors,
        ErrorCategory.InvalidData,
        plan.SourcePath,
        $"'{plan.SourcePath}' {SourceErrors(plan)} Correct the model, or omit -Strict to convert it as it is.");

    /// <summary>What is confirmed.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="inPlace">Whether the output takes the place of the model.</param>
    public static string Action(CompressionPlan plan, bool inPlace)
    {
        string weights = plan.Weights.Count > 0 ? $"{plan.ConvertedCount} of {plan.Weights.Count} weights, " : string.Empty;
        string action = plan.HasChanges
            ? $"Convert to {plan.Description} ({weights}{DisplayText.Size(plan.SizeBefore)} -> {DisplayText.Size(plan.SizeAfter)})"
            : $"Copy ({CompressionPlan.NothingToConvert}, {DisplayText.Size(plan.SizeBefore)})";
        return !inPlace ? action
            : plan.IsLossless ? $"{action} and replace the original; its weights can be recovered from the output"
            : $"{action} and replace the original, which cannot be recovered from the output";
    }

    /// <summary>The errors of a source, in words that follow its name.</summary>
    private static string SourceErrors(CompressionPlan plan) => plan.SourceErrors.Count == 1
        ? $"has 1 error: {plan.SourceErrors[0]}"
        : $"has {plan.SourceErrors.Count} errors, the first of them {plan.SourceErrors[0]}";
}
