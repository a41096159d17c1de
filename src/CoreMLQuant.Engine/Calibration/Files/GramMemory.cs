using System.IO;

namespace CoreMLQuant.Calibration.Files;

/// <summary>Where Gram matrices are while nobody works with them.</summary>
/// <param name="MaxHeldBytes">Bytes that are in memory at a time.</param>
/// <param name="Folder">Where the file is that takes them all if they are more.</param>
internal sealed record GramMemory(long MaxHeldBytes, string Folder)
{
    /// <summary>Bytes that are in memory by default.</summary>
    public const long UsualHeldBytes = 768L << 20;

    /// <summary>What is usual.</summary>
    public static GramMemory Usual => new(UsualHeldBytes, Path.GetTempPath());
}
