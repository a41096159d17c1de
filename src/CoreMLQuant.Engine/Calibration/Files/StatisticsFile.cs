using System;
using System.IO;
using CoreMLQuant.Files;
using CoreMLQuant.Models;
using CoreMLQuant.Running;
using CoreMLQuant.Running.Numpy;

namespace CoreMLQuant.Calibration.Files;

/// <summary>A file of statistics. Where its Gram matrices are more than memory is for, they are parked in another one while it is read.</summary>
/// <param name="path">Full path.</param>
/// <param name="memory">Where Gram matrices are while nobody works with them.</param>
internal sealed class StatisticsFile(string path, GramMemory memory)
{
    /// <summary>Full path.</summary>
    public string Path => path;

    /// <summary>Reads it; <see langword="null"/> when there is none.</summary>
    /// <param name="model">Path of the model that the statistics have to be of.</param>
    /// <param name="modelDigest">Digest of the model.</param>
    /// <exception cref="SampleDataException">It is of another model, damaged, or no statistics file.</exception>
    public CollectedSums? Read(string model, string modelDigest)
    {
        if (Directory.Exists(path) || ModelPaths.IsNamedAsModel(path))
        {
            throw new SampleDataException(path, "It is a folder, or the name of a model or of something inside a model. Specify an .npz file for the statistics.");
        }

        if (!File.Exists(path))
        {
            return null;
        }

        // Arrays are not compressed: all together they cannot have more bytes than the file.
        long length = new FileInfo(path).Length;
        ScratchFile? scratch = length > memory.MaxHeldBytes ? new ScratchFile(memory.Folder, length) : null;
        try
        {
            var reader = new StatisticsReader(scratch);
            ReadArrays(Math.Max(length, NumpyLimits.MaximumArrayBytes), reader);
            CollectedSums sums = StatisticsArrays.Read(path, reader);
            return sums.ModelDigest == modelDigest
                ? sums
                : throw new SampleDataException(path, $"It was collected from another model than '{model}'. Specify another file, or delete it and calibrate again.");
        }
        catch
        {
            scratch?.Dispose();
            throw;
        }
    }

    /// <summary>Makes sure that it can be written before anything is collected for it. Nothing stays there.</summary>
    /// <exception cref="SampleDataException">It cannot.</exception>
    public void RequireWritable()
    {
        try
        {
            StagedOutput.Begin(path, overwrite: true).Dispose();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new SampleDataException(path, $"The statistics cannot be written there. Specify another file, or omit -StatisticsPath. ({e.Message})", e);
        }
    }

    /// <summary>Writes it, complete or not at all.</summary>
    public void Write(CollectedSums sums) => NumpyFile.Write(path, StatisticsArrays.Of(sums), new OutputOptions { Overwrite = true });

    /// <summary>Deletes it.</summary>
    public void Delete() => File.Delete(path);

    private void ReadArrays(long maximumBytes, StatisticsReader reader)
    {
        try
        {
            NumpyFile.ReadArchive(path, maximumBytes, reader.Add);
        }
        catch (SampleDataException e)
        {
            throw StatisticsArrays.Damaged(path, e);
        }
    }
}
