using System.Collections.Generic;
using System.IO;
using System.Text.Json;

namespace CoreMLQuant.Package.Tests.Support;

/// <summary>What tests/pester/run.ps1 found or ran.</summary>
/// <param name="Tests">Every test.</param>
/// <param name="Problems">Files and blocks that failed outside of a test.</param>
/// <param name="Leg">The leg that the module was taken from; empty when nothing was run.</param>
public sealed record PesterReport(IReadOnlyList<PesterTest> Tests, IReadOnlyList<string> Problems, string Leg)
{
    /// <summary>Runs the script in a shell and reads its report.</summary>
    /// <param name="program">The shell.</param>
    /// <param name="shellArguments">The shell's own arguments, before <c>-File</c>.</param>
    /// <param name="scriptArguments">Arguments of the script.</param>
    /// <param name="environment">Environment variables.</param>
    public static PesterReport Create(string program, string[] shellArguments, string[] scriptArguments, IReadOnlyDictionary<string, string?> environment)
    {
        string report = Path.GetTempFileName();
        try
        {
            Command.Run(
                program,
                [.. shellArguments, "-NoProfile", "-NonInteractive", "-File", Repository.PesterScript, "-Pester", Repository.PesterFolder, "-Report", report, .. scriptArguments],
                environment).Succeeded();
            return JsonSerializer.Deserialize<PesterReport>(File.ReadAllText(report))!;
        }
        finally
        {
            File.Delete(report);
        }
    }
}
