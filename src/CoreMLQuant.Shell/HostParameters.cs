using System;
using System.Linq;

namespace CoreMLQuant.Shell;

/// <summary>
/// The parameters of <c>pwsh</c>, as far as they decide which argument is the first without a parameter. Names may be shortened
/// to any beginning of at least the given length (about_Pwsh).
/// </summary>
internal static class HostParameters
{
    private static readonly (string Name, int Least, ParameterKind Kind)[] Known =
    [
        ("?", 1, ParameterKind.Help),
        ("Help", 1, ParameterKind.Help),
        ("Version", 1, ParameterKind.Version),
        ("CommandWithArgs", "CommandWithArgs".Length, ParameterKind.TakesTheRest),
        ("cwa", "cwa".Length, ParameterKind.TakesTheRest),
        ("Command", 1, ParameterKind.TakesTheRest),
        ("File", 1, ParameterKind.TakesTheRest),
        ("ConfigurationFile", "ConfigurationFile".Length, ParameterKind.TakesAValue),
        ("ConfigurationName", "config".Length, ParameterKind.TakesAValue),
        ("CustomPipeName", "cus".Length, ParameterKind.TakesAValue),
        ("EncodedCommand", 1, ParameterKind.TakesAValue),
        ("ec", "ec".Length, ParameterKind.TakesAValue),
        ("EncodedArguments", "encodeda".Length, ParameterKind.TakesAValue),
        ("ea", "ea".Length, ParameterKind.TakesAValue),
        ("ExecutionPolicy", "ex".Length, ParameterKind.TakesAValue),
        ("ep", "ep".Length, ParameterKind.TakesAValue),
        ("InputFormat", "inp".Length, ParameterKind.TakesAValue),
        ("if", "if".Length, ParameterKind.TakesAValue),
        ("OutputFormat", 1, ParameterKind.TakesAValue),
        ("of", "of".Length, ParameterKind.TakesAValue),
        ("SettingsFile", "settings".Length, ParameterKind.TakesAValue),
        ("WindowStyle", 1, ParameterKind.TakesAValue),
        ("WorkingDirectory", "wo".Length, ParameterKind.TakesAValue),
        ("wd", "wd".Length, ParameterKind.TakesAValue),
    ];

    /// <summary>What an argument is to PowerShell's host.</summary>
    /// <param name="argument">An argument that no parameter before it takes for its value.</param>
    public static ParameterKind KindOf(string argument)
    {
        string name = argument.StartsWith("--", StringComparison.Ordinal) ? argument[2..]
            : argument.StartsWith('-') || IsSlashParameter(argument) ? argument[1..]
            : string.Empty;
        return name.Length == 0 ? ParameterKind.None : Find(name) ?? ParameterKind.Switch;
    }

    private static ParameterKind? Find(string name) => Known
        .Where(known => name.Length >= known.Least && known.Name.StartsWith(name, StringComparison.OrdinalIgnoreCase))
        .Select(known => (ParameterKind?)known.Kind)
        .FirstOrDefault();

    // PowerShell takes /NoProfile too; a path that starts with a slash is a command all the same.
    private static bool IsSlashParameter(string argument) => argument.StartsWith('/') && Find(argument[1..]) is not null && argument.Length > 2;
}
