using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using System.Threading;
using CoreMLQuant.Abstractions;
using CoreMLQuant.Completers;
using CoreMLQuant.Errors;
using CoreMLQuant.Inspection;
using CoreMLQuant.Models;
using CoreMLQuant.Recipes;

namespace CoreMLQuant.Commands;

/// <summary>Shows the programs of ML Programs: their operations, or their text.</summary>
[Cmdlet(VerbsCommon.Get, "CoreMLProgram", DefaultParameterSetName = PathSet)]
[OutputType(typeof(ProgramOperation), typeof(string))]
public sealed class GetCoreMLProgramCommand : ModelPathCommand
{
    private NamePatterns _functions = NamePatterns.None;
    private NamePatterns _opTypes = NamePatterns.None;

    /// <summary>Shows only functions with these names (wildcards, or <c>re:</c> and a regular expression).</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(FunctionCompleter))]
    public string[] Function { get; set; } = [];

    /// <summary>Lists only operations of these types. Uses the same patterns as -Function. Cannot be combined with -AsText.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(ProgramOpTypeCompleter))]
    public string[] OpType { get; set; } = [];

    /// <summary>
    /// Returns each program as text in MIL, the language that compiled models contain, as one string: types, constants and attributes included. A pipeline returns
    /// one text for each stage that is an ML Program.
    /// </summary>
    [Parameter]
    public SwitchParameter AsText { get; set; }

    /// <inheritdoc/>
    protected override void BeginProcessing()
    {
        if (AsText && OpType.Length > 0)
        {
            ThrowTerminatingError(ErrorRecords.Create(
                ErrorIds.IncompatibleParameters, ErrorCategory.InvalidArgument, null, "-OpType selects operations, and -AsText returns whole functions. Use one of them."));
        }

        _functions = ReadPatterns(Function);
        _opTypes = ReadPatterns(OpType);
    }

    /// <inheritdoc/>
    protected override void ProcessModel(string path)
    {
        IReadOnlyList<object>? listing = Run((_, token) => Listing(path, token), e => e.ToReadError(path));
        if (listing is { Count: 0 } && Function.Length == 0 && OpType.Length == 0)
        {
            WriteError(ErrorRecords.Create(
                ErrorIds.NotAProgram, ErrorCategory.InvalidType, path, $"'{path}' is not an ML Program. Use Get-CoreMLModel and Get-CoreMLWeight to see what it contains."));
        }

        WriteObject(listing ?? [], enumerateCollection: true);
    }

    private IReadOnlyList<object> Listing(string path, CancellationToken cancellationToken)
    {
        using ModelFile file = ModelFile.Open(path, FollowLinks, cancellationToken);
        return AsText
            ? file.GetProgramTexts(_functions)
            : file.GetOperations(_functions).Where(operation => _opTypes.IsEmpty || _opTypes.First(operation.OpType) is not null).ToArray();
    }
}
