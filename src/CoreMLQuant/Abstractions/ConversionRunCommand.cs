using System;
using System.Collections.Generic;
using System.IO;
using System.Management.Automation;
using System.Threading;
using CoreMLQuant.Conversion;
using CoreMLQuant.Errors;
using CoreMLQuant.Files;
using CoreMLQuant.Formatting;
using CoreMLQuant.Models;
using CoreMLQuant.Planning;
using CoreMLQuant.Recipes;
using CoreMLQuant.Results;

namespace CoreMLQuant.Abstractions;

/// <summary>The way of models through a conversion: plan, report, confirm, run, return the result, several at a time and in the order of the input.</summary>
public abstract class ConversionRunCommand : ModelOutputCommand
{
    // Each model under way holds its specification: more would only take memory.
    private const int MaxModels = 8;

    private ConversionLine? _line;
    private RunProgress? _progress;
    private ConversionWriter? _writer;
    private WorkerLimit? _workers;

    /// <summary>Writes an error for models that break rules of their format. Without it, they are converted with a warning.</summary>
    [Parameter]
    public SwitchParameter Strict { get; set; }

    /// <summary>Returns the plan of each conversion and writes nothing: every weight with its encoding or the reason why it is skipped, and all sizes.</summary>
    [Parameter]
    public SwitchParameter PlanOnly { get; set; }

    /// <summary>What is done to the models, for the progress bar.</summary>
    private protected abstract string Activity { get; }

    /// <summary>Whether models are converted one after the other, because something of the user's takes part that can only be in one place.</summary>
    private protected virtual bool IsOneByOne => false;

    /// <summary>The recipe for one model.</summary>
    /// <param name="path">Full path of the model.</param>
    /// <exception cref="RecipeException">There is none for it.</exception>
    private protected abstract CompressionRecipe RecipeFor(string path);

    /// <summary>Plans a model. Called on a worker.</summary>
    /// <param name="post">Hands an action to the pipeline thread.</param>
    /// <param name="model">The open model.</param>
    /// <param name="recipe">What is to be done.</param>
    /// <param name="cancellationToken">Stops planning.</param>
    private protected virtual CompressionPlan Plan(Action<Action> post, ModelFile model, CompressionRecipe recipe, CancellationToken cancellationToken) =>
        ModelCompressor.Plan(model, recipe, cancellationToken);

    /// <summary>Looks at a model that is written and not in its place yet. Called on a worker.</summary>
    /// <param name="post">Hands an action to the pipeline thread.</param>
    /// <param name="conversion">The conversion, to whose result it can add.</param>
    /// <param name="cancellationToken">Stops; nothing is left of the model then.</param>
    private protected virtual void Look(Action<Action> post, PendingConversion conversion, CancellationToken cancellationToken)
    {
    }

    /// <inheritdoc/>
    protected override void BeginProcessing()
    {
        CheckOutputParameters();
        base.BeginProcessing();
        OpenLog(isWritten: !PlanOnly);
        int workers = ThrottleLimit > 0 ? ThrottleLimit : Environment.ProcessorCount;
        _workers = new WorkerLimit(workers);
        _writer = new ConversionWriter(
            new ConversionOptions
            {
                Overwrite = OutputOptions.Overwrite,
                Flush = OutputOptions.Flush,
                InPlace = InPlace,
                CopyUnchanged = CopyUnchanged,
                MaxDegreeOfParallelism = ThrottleLimit,
                WorkerLimit = _workers,
            },
            Look);
        _progress = new RunProgress(this, Activity);
        _line = new ConversionLine(IsOneByOne ? 1 : Math.Min(workers, MaxModels), Decide, job => Await(job.Writing!, e => e.ToWriteError(job.SourcePath), out _), HandOn);
    }

    /// <inheritdoc/>
    private protected override void ProcessSource(string path)
    {
        _line!.MakeRoom();
        _line.Add(Begin(path));
    }

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        base.EndProcessing();
        _line!.Finish();
        _progress!.Complete();
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            StopCalls();
            _line?.Dispose();
            _workers?.Dispose();
        }

        base.Dispose(disposing);
    }

    /// <inheritdoc/>
    private protected override void Expect(IEnumerable<string> paths) => _progress!.Expect(paths);

    /// <inheritdoc/>
    private protected override void Settle(string path) => _line!.Settle(target => PathComparer.Equals(target, path));

    private ConversionJob Begin(string path)
    {
        int number = _progress!.Next();
        try
        {
            CompressionRecipe recipe = RecipeFor(path);
            string target = TargetOf(path, recipe.FileSuffix, recipe is PackagingRecipe);
            return !PlanOnly && UpToDateOutput(path, target) is { } existing
                ? new ConversionJob(path) { Number = number, Target = target, Result = ConversionResult.ForExisting(path, existing, recipe.Description) }
                : new ConversionJob(path) { Number = number, Target = target, Planning = Start((post, token) => PlannedModel.Open(path, FollowLinks, model => Plan(post, model, recipe, token), token)) };
        }
        catch (Exception e) when (e is PathException or RecipeException or IOException or UnauthorizedAccessException)
        {
            return new ConversionJob(path) { Number = number, Error = e.ToParameterError(path) ?? e.ToReadError(path) };
        }
    }

    private void Decide(ConversionJob job)
    {
        if (job.Planning is null)
        {
            return;
        }

        PlannedModel? planned = Await(job.Planning, e => e.ToReadError(job.SourcePath), out ErrorRecord? error);
        job.Error = error;
        if (planned is null)
        {
            return;
        }

        CompressionPlan plan = planned.Plan;
        if (Strict && plan.SourceErrors.Count > 0)
        {
            job.Error = PlanMessages.Refused(plan);
            return;
        }

        PlanMessages.Write(this, plan);
        if (PlanOnly)
        {
            // What stands at the destination does not matter to a plan.
            job.Plan = new ConversionPlan(plan, plan.HasChanges || CopyUnchanged ? job.Target! : job.SourcePath);
        }
        else if (IsWanted(job, plan))
        {
            job.Progress = plan.HasChanges ? _progress!.Begin(job.Number, Post) : null;
            job.Writing = Start((post, token) => _writer!.Write(post, job, planned, token));
        }
    }

    /// <summary>Whether a plan is to be carried out: there is room for its output, and the user wants it.</summary>
    private bool IsWanted(ConversionJob job, CompressionPlan plan)
    {
        string target = job.Target!;
        if (!plan.HasChanges && (InPlace || !CopyUnchanged))
        {
            Preview(plan, job.SourcePath);
            return true;
        }

        try
        {
            Outputs.Claim(target, job.SourcePath, Force, InPlace);
        }
        catch (PathException e)
        {
            if (!IsWhatIf)
            {
                // A killed run may have left something here, whether or not this one may go on.
                Run((_, _) => { ModelCompressor.CleanUp(target); return target; }, failure => failure.ToWriteError(target));
            }

            job.Error = e.Error;
            return false;
        }

        if (!ShouldProcess(target, PlanMessages.Action(plan, InPlace)))
        {
            Preview(plan, target);
            return false;
        }

        Claim(target);
        return true;
    }

    private void Preview(CompressionPlan plan, string target)
    {
        if (IsWhatIf)
        {
            // Written as Write-Host does: shown whatever the preferences, and to be had with 6> or -InformationVariable as an object.
            WriteInformation(new PlanPreview(new ConversionPlan(plan, target), Screen.WidthOf(Host), IsVerbose), ["PSHOST"]);
        }
    }

    private void HandOn(ConversionJob job)
    {
        using (job)
        {
            ErrorRecord? error = job.Error;
            ConversionResult? result = job.Result;
            if (job.Writing is { } writing && Await(writing, e => e.ToWriteError(job.SourcePath), out error) is { } flushing)
            {
                result = Await(Start((_, _) => flushing.Wait()), e => e.ToWriteError(job.SourcePath), out error);
            }

            _progress!.End(job.Progress, job.SourcePath);
            if (job.Plan is not null)
            {
                WriteObject(job.Plan);
            }
            else if (result is not null)
            {
                Log(log => log.Append(result));
                WriteObject(ResultView.Of(result));
            }
            else if (error is not null)
            {
                Log(log => log.Append(job.SourcePath, error));
                WriteError(error);
            }
        }
    }
}
