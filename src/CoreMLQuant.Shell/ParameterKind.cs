namespace CoreMLQuant.Shell;

/// <summary>What an argument is to PowerShell's host.</summary>
internal enum ParameterKind
{
    /// <summary>No parameter: a command, or part of one.</summary>
    None,

    /// <summary>A parameter without a value, or one that the host itself refuses.</summary>
    Switch,

    /// <summary>A parameter whose value is the next argument.</summary>
    TakesAValue,

    /// <summary>A parameter to which all arguments after it belong.</summary>
    TakesTheRest,

    /// <summary>Asks for the usage.</summary>
    Help,

    /// <summary>Asks for the version.</summary>
    Version,
}
