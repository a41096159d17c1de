namespace CoreMLQuant.Loading;

/// <summary>The folder that holds the module's files: module in a clone, and the same in an installed module.</summary>
internal static class ModuleFolder
{
    // This assembly is in <root>/module/bin/<leg>.
    private const int LevelsBelow = 2;

    /// <summary>Its full path.</summary>
    public static string Path { get; } = Above(System.IO.Path.GetDirectoryName(typeof(ModuleFolder).Assembly.Location)!, LevelsBelow);

    /// <summary>The folder some levels above another.</summary>
    public static string Above(string folder, int levels)
    {
        for (int i = 0; i < levels; i++)
        {
            folder = System.IO.Path.GetDirectoryName(folder) ?? folder;
        }

        return folder;
    }
}
