using System;
using System.IO;
using CoreMLQuant.Benchmarks.Generation;

namespace CoreMLQuant.Benchmarks;

/// <summary>Makes and removes benchmark models.</summary>
internal static class ModelGeneration
{
    /// <summary>Writes an .mlpackage (ML Program) or .mlmodel (NeuralNetwork) of about the given bytes of FP32 weights.</summary>
    public static void Write(string path, long totalBytes, int constCount)
    {
        if (path.EndsWith(".mlpackage", StringComparison.OrdinalIgnoreCase))
        {
            ProgramGenerator.Write(path, totalBytes, constCount);
        }
        else
        {
            NetworkGenerator.Write(path, totalBytes, constCount);
        }
    }

    /// <summary>Removes a model, if there is one.</summary>
    public static void Delete(string path)
    {
        if (Directory.Exists(path))
        {
            Directory.Delete(path, recursive: true);
        }

        File.Delete(path);
    }
}
