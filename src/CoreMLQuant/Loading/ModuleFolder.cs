namespace CoreMLQuant.Loading;

/// <summary>The folder that holds the module's files: module in a clone, and the same in an installed module.</summary>
internal static class ModuleFolder
{
    private const string BinaryFolder = "bin";

    /// <summary>Its full path.</summary>
    public static string Path { get; } = Above(Binaries(System.IO.Path.GetDirectoryName(typeof(ModuleFolder).Assembly.Location)!), 1);

    /// <summary>The folder some levels above another.</summary>
    public static string Above(string folder, int levels)
    {
        for (int i = 0; i < levels; i++)
        {
            folder = System.IO.Path.GetDirectoryName(folder) ?? folder;
        }

        return folder;
    }

    // This assembly is in <root>/module/bin/<leg>, or in the folder of a runtime identifier in that.
    private static string Binaries(string folder)
    {
        while (System.IO.Path.GetFileName(folder) is { Length: > 0 } name && name != BinaryFolder)
        {
            folder = Above(folder, 1);
        }

        return folder;
    }
}
