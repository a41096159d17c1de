using System.Collections.Generic;

namespace CoreMLQuant.Help.Cmdlets;

/// <summary>What the code says about a cmdlet.</summary>
/// <param name="Name">Verb and noun.</param>
/// <param name="Synopsis">The summary of its class.</param>
/// <param name="ParameterSets">The parameters of each set, in the order of the syntax; the default set is the first.</param>
/// <param name="Parameters">Every parameter once, in alphabetical order, those of every cmdlet that writes last.</param>
internal sealed record CmdletDescription(
    string Name,
    string Synopsis,
    IReadOnlyList<IReadOnlyList<ParameterDescription>> ParameterSets,
    IReadOnlyList<ParameterDescription> Parameters);
