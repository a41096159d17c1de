using System;
using System.IO;

namespace CoreMLQuant.Help;

/// <summary>What help is written from, and where.</summary>
/// <param name="Assembly">The assembly with the cmdlets; the XML comments of it and of what it references stand beside it.</param>
/// <param name="Documents">The folder with the documents; <c>help</c> in it has a page for each cmdlet.</param>
/// <param name="Output">The folder of the help files.</param>
/// <param name="OnlineAddress">Address of the folder with the pages; empty while there is none.</param>
internal sealed record HelpRequest(string Assembly, string Documents, string Output, string OnlineAddress)
{
    /// <summary>Reads the command line: assembly, documents, output and, where there is one, the address.</summary>
    /// <exception cref="ArgumentException">There are fewer or more arguments.</exception>
    public static HelpRequest Parse(string[] arguments) => arguments.Length is 3 or 4
        ? new HelpRequest(Path.GetFullPath(arguments[0]), Path.GetFullPath(arguments[1]), Path.GetFullPath(arguments[2]), arguments.Length == 4 ? arguments[3] : string.Empty)
        : throw new ArgumentException("Usage: CoreMLQuant.Help <assembly> <documents> <output> [<address>]", nameof(arguments));
}
