using System;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using System.Management.Automation.Runspaces;
using System.Reflection;
using CoreMLQuant.Help.Comments;

namespace CoreMLQuant.Help.Cmdlets;

/// <summary>Reads the cmdlets of an assembly as PowerShell itself reads them.</summary>
internal static class CmdletCatalog
{
    /// <summary>Every cmdlet of an assembly, by name.</summary>
    public static IReadOnlyList<CmdletDescription> Read(string assembly, CommentFile comments)
    {
        SessionStateCmdletEntry[] entries = Assembly.LoadFrom(assembly).GetTypes()
            .Select(type => (Type: type, Cmdlet: type.GetCustomAttribute<CmdletAttribute>()))
            .Where(found => found.Cmdlet is not null)
            .Select(found => new SessionStateCmdletEntry($"{found.Cmdlet!.VerbName}-{found.Cmdlet.NounName}", found.Type, helpFileName: null))
            .OrderBy(entry => entry.Name, StringComparer.Ordinal)
            .ToArray();
        InitialSessionState state = InitialSessionState.Create();
        state.Commands.Add(entries);
        using Runspace runspace = RunspaceFactory.CreateRunspace(state);
        runspace.Open();

        // What PowerShell finds out about a parameter, it finds out in the runspace of its thread.
        Runspace.DefaultRunspace = runspace;
        return entries
            .Select(entry => Describe((CmdletInfo)runspace.SessionStateProxy.InvokeCommand.GetCommand(entry.Name, CommandTypes.Cmdlet), comments))
            .ToArray();
    }

    private static CmdletDescription Describe(CmdletInfo cmdlet, CommentFile comments)
    {
        var reader = new ParameterReader(cmdlet.ImplementingType, comments);
        ParameterDescription[][] sets = cmdlet.ParameterSets
            .OrderByDescending(set => set.IsDefault)
            .Select(set => set.Parameters
                .Where(parameter => !Cmdlet.CommonParameters.Contains(parameter.Name))
                .Select(reader.Read)
                .OrderBy(parameter => parameter.Position ?? int.MaxValue)
                .ThenByDescending(parameter => parameter.IsMandatory)
                .ThenBy(IsOfEveryWriter)
                .ThenBy(parameter => parameter.Name, StringComparer.Ordinal)
                .ToArray())
            .ToArray();
        ParameterDescription[] all = sets
            .SelectMany(set => set)
            .DistinctBy(parameter => parameter.Name)
            .OrderBy(IsOfEveryWriter)
            .ThenBy(parameter => parameter.Name, StringComparer.Ordinal)
            .ToArray();
        return new CmdletDescription(cmdlet.Name, string.Join(' ', comments.SummaryOf(cmdlet.ImplementingType)), sets, all);
    }

    private static bool IsOfEveryWriter(ParameterDescription parameter) => Cmdlet.OptionalCommonParameters.Contains(parameter.Name);
}
