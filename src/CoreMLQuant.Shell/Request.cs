namespace CoreMLQuant.Shell;

/// <summary>What a command line asks for.</summary>
internal enum Request
{
    /// <summary>PowerShell is to start.</summary>
    Run,

    /// <summary>The usage is to be shown.</summary>
    Help,

    /// <summary>The version is to be shown.</summary>
    Version,
}
