using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;

namespace CoreMLQuant.Packaging;

/// <summary>Writes an output model: all its jobs, on several workers, in bounded memory.</summary>
internal static class OutputWriter
{
    /// <summary>Writes the model at a path where nothing stands yet.</summary>
    /// <param name="model">What to write.</param>
    /// <param name="path">The file or folder to create.</param>
    /// <param name="workers">Number of workers; 0 takes one for each processor.</param>
    /// <param name="flushToDisk">Whether the bytes must be on the medium when this returns.</param>
    /// <param name="progress">Told the source bytes done so far after each job.</param>
    /// <param name="cancellationToken">Stops between tiles.</param>
    public static void Write(
        OutputModel model,
        string path,
        int workers,
        bool flushToDisk,
        IProgress<long>? progress,
        CancellationToken cancellationToken)
    {
        var files = new List<OutputFile>();
        try
        {
            foreach (string folder in model.Folders)
            {
                Directory.CreateDirectory(Path.Combine(path, folder));
            }

            var jobs = new List<(OutputFile File, OutputJob Job)>();
            foreach ((string relativePath, FileLayout layout) in model.Files)
            {
                string target = relativePath.Length == 0 ? path : Path.Combine(path, relativePath);
                Directory.CreateDirectory(Path.GetDirectoryName(target)!);
                var file = new OutputFile(target, layout.Length);
                files.Add(file);
                jobs.AddRange(layout.Parts.SelectMany(part => part.Part.Split(part.Position)).Select(job => (file, job)));
            }

            RunAll(jobs, workers > 0 ? workers : Environment.ProcessorCount, progress, cancellationToken);
            if (flushToDisk)
            {
                files.ForEach(file => file.FlushToDisk());
            }
        }
        finally
        {
            files.ForEach(file => file.Dispose());
        }
    }

    private static void RunAll(
        List<(OutputFile File, OutputJob Job)> jobs,
        int workers,
        IProgress<long>? progress,
        CancellationToken cancellationToken)
    {
        // The first failure stops the other workers; it, and not their cancellation, is what the caller sees.
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        int next = -1;
        long done = 0;

        void Work()
        {
            try
            {
                int index;
                while ((index = Interlocked.Increment(ref next)) < jobs.Count)
                {
                    stop.Token.ThrowIfCancellationRequested();
                    (OutputFile file, OutputJob job) = jobs[index];
                    job.Run(file, stop.Token);
                    progress?.Report(Interlocked.Add(ref done, job.SourceLength));
                }
            }
            catch
            {
                stop.Cancel();
                throw;
            }
        }

        Task[] others = Enumerable.Range(1, Math.Max(0, Math.Min(workers, jobs.Count) - 1))
            .Select(_ => Task.Run(Work, CancellationToken.None))
            .ToArray();
        Exception? failure = null;
        foreach (Action wait in others.Select<Task, Action>(task => () => task.GetAwaiter().GetResult()).Prepend(Work))
        {
            try
            {
                wait();
            }
            catch (OperationCanceledException e)
            {
                failure ??= e;
            }
            catch (Exception e) when (failure is null or OperationCanceledException)
            {
                failure = e;
            }
        }

        if (failure is not null)
        {
            System.Runtime.ExceptionServices.ExceptionDispatchInfo.Capture(failure).Throw();
        }
    }
}
