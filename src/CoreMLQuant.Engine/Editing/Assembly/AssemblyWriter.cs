using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Runtime.ExceptionServices;
using System.Threading;
using CoreMLQuant.Errors;
using CoreMLQuant.Files;
using CoreMLQuant.Models;

namespace CoreMLQuant.Editing.Assembly;

/// <summary>Writes what was planned. The outputs of one call are all complete and checked before the first of them takes its place.</summary>
public static class AssemblyWriter
{
    /// <summary>Writes models.</summary>
    /// <param name="outputs">Plans, whose sources are still open, and the full paths of their outputs.</param>
    /// <param name="options">How the outputs take their places.</param>
    /// <param name="progress">Told the bytes that are written, of all outputs; from any thread.</param>
    /// <param name="cancellationToken">Stops the run; the destinations then are as they were.</param>
    /// <exception cref="DestinationExistsException">Something stands at a destination and may not be replaced.</exception>
    /// <exception cref="DestinationIsSourceException">A destination is one of the models.</exception>
    /// <exception cref="IOException">A model cannot be written, or a source was changed meanwhile.</exception>
    public static IReadOnlyList<AssembledModel> Write(
        IReadOnlyList<(AssemblyPlan Plan, string Destination)> outputs,
        OutputOptions options,
        IProgress<long>? progress = null,
        CancellationToken cancellationToken = default)
    {
        Stopwatch time = Stopwatch.StartNew();
        ModelFile[] sources = outputs.SelectMany(output => output.Plan.Sources).Distinct().ToArray();
        var staged = new List<StagedOutput>();
        try
        {
            long done = 0;
            foreach ((AssemblyPlan plan, string destination) in outputs)
            {
                string full = Path.GetFullPath(destination).TrimEnd(Path.DirectorySeparatorChar, Path.AltDirectorySeparatorChar);
                staged.Add(Stage(plan, full, options, progress is null ? null : new LaterProgress(progress, done), cancellationToken));
                done += plan.SizeAfter;
            }

            Array.ForEach(sources, source => source.Container.CheckUnchanged(cancellationToken));
            cancellationToken.ThrowIfCancellationRequested();
            bool[] flushed = staged.Select(output => output.Commit(options)).ToArray();
            return outputs.Zip(flushed, (output, isFlushed) => Result(output.Plan, Path.GetFullPath(output.Destination), isFlushed, time.Elapsed)).ToArray();
        }
        finally
        {
            staged.ForEach(output => output.Dispose());
        }
    }

    private static StagedOutput Stage(AssemblyPlan plan, string destination, OutputOptions options, IProgress<long>? progress, CancellationToken cancellationToken)
    {
        if (plan.SourcePaths.FirstOrDefault(source => SamePath.Is(source, destination)) is { } replaced)
        {
            throw new DestinationIsSourceException(replaced);
        }

        StagedOutput staged = StagedOutput.Begin(destination, options.Overwrite);
        try
        {
            OutputWriter.Write(plan.Output, staged.ContentPath, 0, null, progress, cancellationToken);
            OutputCheck.Verify(plan.Output, staged.ContentPath, plan.Specification);
            SharedPermissions.Set(plan.Sources.Select(source => source.Container), plan.Output, staged.ContentPath, destination);
            return staged;
        }
        catch (Exception e)
        {
            staged.Dispose();
            ExceptionDispatchInfo.Capture(staged.InTermsOfDestination(e)).Throw();
            throw;
        }
    }

    private static AssembledModel Result(AssemblyPlan plan, string path, bool isFlushed, TimeSpan elapsed) => new()
    {
        Path = path,
        SourcePaths = plan.SourcePaths,
        Part = plan.Part,
        Parts = plan.Parts,
        Format = plan.Format.ToString(),
        SpecificationVersion = plan.SpecificationVersion,
        RequiredOS = Platform.RequiredOS(plan.RequiredVersion),
        Before = plan.SizeBefore,
        Size = plan.SizeAfter,
        SharedSize = plan.SharedSize,
        Inputs = plan.Inputs,
        Outputs = plan.Outputs,
        Notes = isFlushed ? plan.Notes : [.. plan.Notes, OutputOptions.NotConfirmed],
        Elapsed = elapsed,
    };

    private sealed class LaterProgress(IProgress<long> progress, long before) : IProgress<long>
    {
        public void Report(long value) => progress.Report(before + value);
    }
}
