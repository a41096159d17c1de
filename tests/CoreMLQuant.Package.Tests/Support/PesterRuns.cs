using System;
using System.Collections.Generic;
using System.Linq;

namespace CoreMLQuant.Package.Tests.Support;

/// <summary>The Pester files, run once for each leg, in the installed shell and on the module that is packed with it.</summary>
/// <param name="tool">The installed shell.</param>
public sealed class PesterRuns(InstalledTool tool)
{
    private readonly Dictionary<string, PesterReport> _reports = [];

    /// <summary>The report of a leg's run.</summary>
    public PesterReport Of(string leg)
    {
        if (!_reports.TryGetValue(leg, out PesterReport? report))
        {
            var environment = new Dictionary<string, string?> { ["COREMLQUANT_MODULE"] = tool.Manifest, ["COREMLQUANT_LEG"] = leg, ["NO_COLOR"] = null };
            _reports[leg] = report = PesterReport.Create(tool.Program, [], [], environment);
        }

        return report;
    }

    /// <summary>The result of one test.</summary>
    /// <exception cref="InvalidOperationException">It was not run.</exception>
    public PesterTest Of(string leg, string name) => Of(leg).Tests.SingleOrDefault(test => test.Name == name)
        ?? throw new InvalidOperationException($"Pester did not run '{name}'.\n" + string.Join('\n', Of(leg).Problems));
}
