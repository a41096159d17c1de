using System;
using System.Management.Automation.Host;

namespace CoreMLQuant.Formatting;

/// <summary>The screen of a host.</summary>
internal static class Screen
{
    /// <summary>Columns; 0 when the host has no screen.</summary>
    public static int WidthOf(PSHost host)
    {
        try
        {
            return host.UI?.RawUI?.BufferSize.Width ?? 0;
        }
        catch (Exception e) when (e is HostException or NotImplementedException or NotSupportedException or InvalidOperationException or System.IO.IOException)
        {
            // As hosts say that they have none.
            return 0;
        }
    }
}
