using System;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using System.Threading;
using CoreMLQuant.Conversion;
using CoreMLQuant.Editing.Assembly;
using CoreMLQuant.Errors;
using CoreMLQuant.Formatting;
using CoreMLQuant.Models;

namespace CoreMLQuant.Abstractions;

/// <summary>A cmdlet that puts models together or takes them apart: plans all outputs, confirms them, writes them together, returns the results.</summary>
public abstract class AssemblyCommand : LoggedOutputCommand
{
    private protected override IReadOnlyList<string> Extensions => Destination.ModelExtensions;

    /// <inheritdoc/>
    protected override void BeginProcessing()
    {
        base.BeginProcessing();
        OpenLog();
    }

    /// <summary>Opens models, plans their outputs and writes these, all or none, if they are wanted.</summary>
    /// <param name="sources">Full paths of the models.</param>
    /// <param name="plan">Plans the outputs.</param>
    private protected void Assemble(IReadOnlyList<string> sources, Func<IReadOnlyList<ModelFile>, CancellationToken, IReadOnlyList<AssemblyPlan>> plan)
    {
        string current = sources[0];
        var files = new List<ModelFile>();
        try
        {
            IReadOnlyList<AssemblyPlan>? plans = Await(
                Start((_, token) =>
                {
                    foreach (string source in sources)
                    {
                        current = source;
                        files.Add(ModelFile.Open(source, FollowLinks, token));
                    }

                    return plan(files, token);
                }),
                e => e.ToReadError(current),
                out ErrorRecord? error);
            Fail(current, error);
            if (plans is not null && TakeTargets(plans) is { } outputs && IsWanted(outputs))
            {
                Write(sources[0], outputs);
            }
        }
        finally
        {
            files.ForEach(file => file.Dispose());
        }
    }

    private List<(AssemblyPlan Plan, string Target)>? TakeTargets(IReadOnlyList<AssemblyPlan> plans)
    {
        var outputs = new List<(AssemblyPlan, string)>();
        foreach (AssemblyPlan plan in plans)
        {
            string source = plan.SourcePaths[0];
            try
            {
                // Which of them is written to is one question, and how many inputs an output has another.
                plan.SourcePaths.ToList().ForEach(path => Outputs.Admit(Destination.BesideSource, path));
                string extension = plan.WritesPackage ? ModelPaths.PackageExtension : ModelPaths.FileExtension;
                string target = Destination.For(source, plan.FileSuffix + extension);
                if (!target.EndsWith(extension, StringComparison.OrdinalIgnoreCase))
                {
                    throw new PathException(ErrorRecords.Create(
                        ErrorIds.DestinationExtensionMismatch,
                        ErrorCategory.InvalidArgument,
                        source,
                        $"The output is an {extension}, but '{target}' has another extension. Use the extension {extension}, or specify a folder."));
                }

                outputs.Add((plan, Outputs.Claim(target, source, Force)));
            }
            catch (PathException e)
            {
                Fail(source, e.Error);
                return null;
            }
        }

        return outputs;
    }

    // Each output is asked about, and all are written or none.
    private bool IsWanted(List<(AssemblyPlan Plan, string Target)> outputs)
    {
        bool isWanted = true;
        foreach ((AssemblyPlan plan, string target) in outputs)
        {
            plan.Notes.ToList().ForEach(note => WriteVerbose($"'{target}': {note}."));
            isWanted &= ShouldProcess(target, $"{plan.Action} ({DisplayText.Size(plan.SizeBefore)} -> {DisplayText.Size(plan.SizeAfter)})");
        }

        return isWanted;
    }

    private void Write(string source, List<(AssemblyPlan Plan, string Target)> outputs)
    {
        var progress = new ProgressReporter(this, "Writing models", Post);
        long total = outputs.Sum(output => output.Plan.SizeAfter);
        IReadOnlyList<AssembledModel>? models = Await(
            Start((_, token) => AssemblyWriter.Write(outputs, OutputOptions, new ByteProgress(progress, outputs[0].Target, total), token)),
            e => e.ToWriteError(source),
            out ErrorRecord? error);
        progress.Complete();
        Fail(source, error);
        foreach (AssembledModel model in models ?? [])
        {
            Claim(model.Path);
            Log(log => log.Append(model));
            WriteObject(model);
        }
    }

    private void Fail(string source, ErrorRecord? error)
    {
        if (error is not null)
        {
            Log(log => log.Append(source, error));
            WriteError(error);
        }
    }

    private sealed class ByteProgress(ProgressReporter progress, string path, long total) : IProgress<long>
    {
        public void Report(long value) => progress.Report(new ConversionProgress(path, Math.Min(value, total), total));
    }
}
