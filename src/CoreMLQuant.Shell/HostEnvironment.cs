using System;
using System.IO;

namespace CoreMLQuant.Shell;

/// <summary>The environment variables that PowerShell's host reads when it starts.</summary>
internal static class HostEnvironment
{
    private const string ModulePath = "PSModulePath";

    /// <summary>Sets them, for this process and those that it starts.</summary>
    public static void Prepare()
    {
        // Nothing is sent, looked up or noted about whoever runs this (about_Telemetry, about_Update_Notifications).
        Environment.SetEnvironmentVariable("POWERSHELL_TELEMETRY_OPTOUT", "1");
        Environment.SetEnvironmentVariable("POWERSHELL_UPDATECHECK", "Off");

        Environment.SetEnvironmentVariable(ModulePath, PrependModules(Environment.GetEnvironmentVariable(ModulePath)));
    }

    // The module that this shell was built with comes before one that the user has installed. The host puts the user's folder
    // first unless it is listed already (about_PSModulePath), so it is listed.
    private static string PrependModules(string? inherited)
    {
        string ours = Path.Combine(AppContext.BaseDirectory, "Modules") + Path.PathSeparator + UserModules();
        return string.IsNullOrEmpty(inherited) ? ours : ours + Path.PathSeparator + inherited;
    }

    private static string UserModules()
    {
        if (OperatingSystem.IsWindows())
        {
            return Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.MyDocuments), "PowerShell", "Modules");
        }

        string data = Environment.GetEnvironmentVariable("XDG_DATA_HOME") is { Length: > 0 } named
            ? named
            : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".local", "share");
        return Path.Combine(data, "powershell", "Modules");
    }
}
