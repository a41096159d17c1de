using System.Xml.Linq;

namespace CoreMLQuant.Help.Maml;

/// <summary>The namespaces of MAML, the format of PowerShell's help files.</summary>
internal static class MamlNames
{
    public static readonly XNamespace Items = "http://msh";
    public static readonly XNamespace Common = "http://schemas.microsoft.com/maml/2004/10";
    public static readonly XNamespace Command = "http://schemas.microsoft.com/maml/dev/command/2004/10";
    public static readonly XNamespace Dev = "http://schemas.microsoft.com/maml/dev/2004/10";
}
