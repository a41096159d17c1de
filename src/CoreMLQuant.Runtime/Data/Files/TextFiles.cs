using System.IO;
using CoreMLQuant.Running;

namespace CoreMLQuant.Runtime.Data.Files;

/// <summary>What holds for every text file of samples.</summary>
internal static class TextFiles
{
    /// <summary>Refuses a file that is larger than any table of samples is.</summary>
    /// <exception cref="SampleDataException">It is too large.</exception>
    public static void RequireSize(string path)
    {
        long length = new FileInfo(path).Length;
        if (length > DataLimits.MaximumTextBytes)
        {
            throw new SampleDataException(path, $"It has {length} bytes; a text file may have {DataLimits.MaximumTextBytes}. Use .npz for more.");
        }
    }
}
