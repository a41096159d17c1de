using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Threading;

namespace CoreMLQuant.Files;

/// <summary>Writes an output model: all its jobs, on several workers, in bounded memory. <see cref="StagedOutput"/> flushes it.</summary>
internal static class OutputWriter
{
    /// <summary>Writes the model at a path where nothing stands yet.</summary>
    /// <param name="model">What to write.</param>
    /// <param name="path">The file or folder to create.</param>
    /// <param name="workers">Number of workers; 0 takes one for each processor.</param>
    /// <param name="limit">Bounds the workers of all conversions that run; <see langword="null"/> when this is the only one.</param>
    /// <param name="progress">Told the source bytes done so far after each job.</param>
    /// <param name="cancellationToken">Stops between tiles.</param>
    public static void Write(
        OutputModel model,
        string path,
        int workers,
        WorkerLimit? limit,
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

            var jobs = new List<FileWork>();
            foreach ((string relativePath, FileLayout layout) in model.Files)
            {
                string target = relativePath.Length == 0 ? path : Path.Combine(path, relativePath);
                Directory.CreateDirectory(Path.GetDirectoryName(target)!);
                var file = OutputFile.Create(target, layout.Length);
                files.Add(file);
                jobs.AddRange(layout.Jobs().Select(job => new FileWork(file, job)));
            }

            long done = 0;
            using (var work = ParallelWork<FileWork>.Start(jobs, workers, Run, cancellationToken))
            {
                work.Join();
            }

            void Run(FileWork item, CancellationToken stop)
            {
                if (limit is null)
                {
                    item.Job.Run(item.File, stop);
                }
                else
                {
                    limit.Run(() => item.Job.Run(item.File, stop), stop);
                }

                progress?.Report(Interlocked.Add(ref done, item.Job.SourceLength));
            }
        }
        finally
        {
            files.ForEach(file => file.Dispose());
            foreach (IDisposable part in model.Files.SelectMany(file => file.Layout.Parts).Select(placed => placed.Part).OfType<IDisposable>())
            {
                part.Dispose();
            }
        }
    }

    private sealed record FileWork(OutputFile File, OutputJob Job);
}
