using System;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using CoreMLQuant.Conversion;
using CoreMLQuant.Errors;
using CoreMLQuant.Formatting;
using CoreMLQuant.Models;
using CoreMLQuant.Planning;
using CoreMLQuant.Recipes;
using CoreMLQuant.Recipes.Files;
using CoreMLQuant.Results;

namespace CoreMLQuant.Abstractions;

/// <summary>A cmdlet that writes a new model for each input: plan, report, confirm, run, return the result.</summary>
public abstract class ConversionCommand : OutputCommand
{
    private CompressionRecipe? _recipe;
    private FlushingOutput? _flushing;

    /// <summary>Number of workers that read, convert and write at the same time.</summary>
    /// <value>One for each processor</value>
    [Parameter]
    [ValidateRange(1, 1024)]
    public int ThrottleLimit { get; set; }

    /// <summary>Writes an error for models that break rules of their format. Without it, they are converted with a warning.</summary>
    [Parameter]
    public SwitchParameter Strict { get; set; }

    /// <summary>Returns the plan of each conversion and writes nothing: every weight with its encoding or the reason why it is skipped, and all sizes.</summary>
    [Parameter]
    public SwitchParameter PlanOnly { get; set; }

    private protected override IReadOnlyList<string> Extensions => Destination.ModelExtensions;

    /// <summary>The recipe that the cmdlet's own parameters specify.</summary>
    /// <exception cref="ArgumentException">A pattern is not valid.</exception>
    /// <exception cref="RecipeException">The parameters contradict each other.</exception>
    /// <exception cref="RecipeFileException">A recipe is not well-formed.</exception>
    /// <exception cref="PathException">A recipe cannot be found or read.</exception>
    private protected abstract CompressionRecipe CreateRecipe();

    /// <summary>The recipe with what further parameters add to it.</summary>
    /// <exception cref="ArgumentException">A pattern is not valid.</exception>
    private protected virtual CompressionRecipe Complete(CompressionRecipe recipe) => recipe;

    /// <inheritdoc/>
    protected override void BeginProcessing()
    {
        try
        {
            _recipe = Complete(CreateRecipe());
            _recipe.Validate();
        }
        catch (ArgumentException e)
        {
            ThrowTerminatingError(new ErrorRecord(e, ErrorIds.InvalidPattern, ErrorCategory.InvalidArgument, null));
        }
        catch (RecipeException e)
        {
            ThrowTerminatingError(new ErrorRecord(e, ErrorIds.InvalidRecipe, ErrorCategory.InvalidArgument, null));
        }
        catch (RecipeFileException e)
        {
            ThrowTerminatingError(new ErrorRecord(e, ErrorIds.InvalidRecipeFile, ErrorCategory.InvalidData, e.File));
        }
        catch (PathException e)
        {
            ThrowTerminatingError(e.Error);
        }

        base.BeginProcessing();
    }

    /// <inheritdoc/>
    protected override void ProcessModel(string path)
    {
        if (Outputs.Admit(Destination, path) is { } error)
        {
            HandOn();
            WriteError(error);
            return;
        }

        using PlannedModel? planned = Run((_, token) => PlannedModel.Open(path, _recipe!, FollowLinks, token), e => AfterHandingOn(e.ToReadError(path)));
        if (planned is null)
        {
            return;
        }

        if (Strict && planned.Plan.SourceErrors.Count > 0)
        {
            HandOn();
            WriteError(ErrorRecords.Create(
                ErrorIds.SourceHasErrors,
                ErrorCategory.InvalidData,
                path,
                $"'{path}' {SourceErrorsOf(planned.Plan)} Correct the model, or omit -Strict to convert it as it is."));
            return;
        }

        Tell(planned);
        if (PlanOnly)
        {
            Describe(planned);
        }
        else
        {
            Convert(planned);
        }
    }

    // What stands at the destination does not matter to a plan.
    private void Describe(PlannedModel planned)
    {
        try
        {
            WriteObject(new ConversionPlan(planned.Plan, planned.Plan.HasChanges ? Destination.For(planned.Plan) : planned.File.Path));
        }
        catch (PathException e)
        {
            WriteError(e.Error);
        }
    }

    private void Convert(PlannedModel planned)
    {
        CompressionPlan plan = planned.Plan;
        string target = planned.File.Path;
        if (plan.HasChanges)
        {
            try
            {
                target = Destination.For(plan);
                Outputs.Claim(target, planned.File.Path, Force);
            }
            catch (PathException e)
            {
                if (!IsWhatIf)
                {
                    // A killed run may have left something here, whether or not this one may go on.
                    Run((_, _) => { ModelCompressor.CleanUp(target); return target; }, failure => AfterHandingOn(failure.ToWriteError(target)));
                }

                HandOn();
                WriteError(e.Error);
                return;
            }

            string weights = plan.Weights.Count > 0 ? $"{plan.ConvertedCount} of {plan.Weights.Count} weights, " : string.Empty;
            string action = $"Convert to {plan.Recipe.Description} ({weights}{DisplayText.Size(plan.SizeBefore)} -> {DisplayText.Size(plan.SizeAfter)})";
            if (!ShouldProcess(target, action))
            {
                Preview(plan, target);
                return;
            }

            Claim(target);
        }
        else
        {
            Preview(plan, target);
        }

        ProgressReporter? progress = null;
        var options = new ConversionOptions { Overwrite = Force, Flush = !NoFlush, MaxDegreeOfParallelism = ThrottleLimit };
        PendingConversion? written = Run(
            (post, token) =>
            {
                progress = new ProgressReporter(this, $"Converting to {plan.Recipe.Description}", post);
                return ModelCompressor.Write(planned.File, plan, target, options, progress, token);
            },
            e => AfterHandingOn(e.ToWriteError(planned.File.Path)));
        progress?.Complete();
        if (written is not null)
        {
            // The model before this one was flushed while this one was computed.
            FlushingOutput? before = _flushing;
            _flushing = new FlushingOutput(written);
            HandOn(before);
        }
    }

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        HandOn();
        base.EndProcessing();
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _flushing?.Dispose();
        }

        base.Dispose(disposing);
    }

    // What is done comes out before an error that may end the run.
    private ErrorRecord AfterHandingOn(ErrorRecord error)
    {
        HandOn();
        return error;
    }

    private void HandOn()
    {
        FlushingOutput? flushing = _flushing;
        _flushing = null;
        HandOn(flushing);
    }

    private void HandOn(FlushingOutput? output)
    {
        using (output)
        {
            ConversionResult? result = output is null ? null : Run((_, _) => output.Wait(), e => e.ToWriteError(output.SourcePath));
            if (result is not null)
            {
                WriteObject(result);
            }
        }
    }

    private bool IsWhatIf => MyInvocation.BoundParameters.TryGetValue("WhatIf", out object? given)
        ? LanguagePrimitives.IsTrue(given)
        : LanguagePrimitives.IsTrue(SessionState.PSVariable.GetValue("WhatIfPreference"));

    private bool IsVerbose => MyInvocation.BoundParameters.TryGetValue("Verbose", out object? given)
        ? LanguagePrimitives.IsTrue(given)
        : SessionState.PSVariable.GetValue("VerbosePreference") is ActionPreference and not (ActionPreference.SilentlyContinue or ActionPreference.Ignore);

    // Written as Write-Host does: shown whatever the preferences, and to be had with 6> or -InformationVariable as an object.
    private void Preview(CompressionPlan plan, string target)
    {
        if (IsWhatIf)
        {
            WriteInformation(new PlanPreview(new ConversionPlan(plan, target), Screen.WidthOf(Host), IsVerbose), ["PSHOST"]);
        }
    }

    private static string SourceErrorsOf(CompressionPlan plan) => plan.SourceErrors.Count == 1
        ? $"has 1 error: {plan.SourceErrors[0]}"
        : $"has {plan.SourceErrors.Count} errors, the first of them {plan.SourceErrors[0]}";

    private void Tell(PlannedModel planned)
    {
        CompressionPlan plan = planned.Plan;
        foreach (string pattern in plan.UnmatchedPatterns)
        {
            WriteWarning($"'{pattern}' does not match any operation or weight of '{plan.SourcePath}'.");
        }

        if (plan.HasChanges && plan.RequiredVersionAfter > plan.RequiredVersionBefore)
        {
            WriteWarning($"'{plan.SourcePath}' will require {Platform.RequiredOS(plan.RequiredVersionAfter)} "
                + $"(specification version {plan.RequiredVersionAfter}) instead of {Platform.RequiredOS(plan.RequiredVersionBefore)} ({plan.RequiredVersionBefore}).");
        }

        if (plan.SourceErrors.Count > 0)
        {
            WriteWarning($"'{plan.SourcePath}' {SourceErrorsOf(plan)} The result has the same errors. Use Test-CoreMLModel -Detailed to list them.");
        }

        foreach (string warning in plan.Warnings)
        {
            WriteWarning($"'{plan.SourcePath}': {warning}.");
        }

        WriteVerbose($"'{plan.SourcePath}': {plan.ConvertedCount} of {plan.Weights.Count} weights to {plan.Recipe.Description}, "
            + $"{DisplayText.Size(plan.SizeBefore)} -> {DisplayText.Size(plan.SizeAfter)}.");
        foreach (string note in plan.Notes)
        {
            WriteVerbose(note);
        }

        foreach (WeightPlan weight in plan.Weights.Where(weight => weight.Action == WeightAction.Skip))
        {
            WriteVerbose($"Skipped {weight.Site} ({weight.Site.OpType} '{weight.Site.OpName}'): {weight.Reason}");
        }
    }
}
