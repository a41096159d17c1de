using System;

namespace CoreMLQuant.Files.Native;

/// <summary>A limit on the size of files (<c>ulimit -f</c>) ends a process unless it asks for an error instead.</summary>
internal static class FileSizeLimit
{
    // SIGXFSZ of Linux and macOS, and SIG_DFL and SIG_IGN.
    private const int Signal = 25;
    private static readonly IntPtr Default = IntPtr.Zero;
    private static readonly IntPtr Ignore = (IntPtr)1;

    /// <summary>Lets a write beyond the limit fail like one on a full disk. A host that handles the signal keeps its handler.</summary>
    public static void ReportAsError()
    {
        if (!Posix.IsAvailable)
        {
            return;
        }

        IntPtr before = Posix.Signal(Signal, Ignore);
        if (before != Default && before != Ignore)
        {
            Posix.Signal(Signal, before);
        }
    }
}
