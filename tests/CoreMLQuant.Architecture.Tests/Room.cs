using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.RegularExpressions;

namespace CoreMLQuant.Architecture.Tests;

/// <summary>A folder of the engine, as the table of docs/ARCHITECTURE.md lists it.</summary>
/// <param name="Floor">Number of its floor; higher ones know lower ones.</param>
/// <param name="Folder">The folder, e.g. <c>Mil/Float16</c>.</param>
/// <param name="Order">Its row in the table.</param>
public sealed record Room(int Floor, string Folder, int Order)
{
    private static readonly Regex Row = new(@"^\|\s*(?<floor>\d+)\s*\|\s*`(?<folder>[\w/]+)`\s*\|", RegexOptions.Multiline);

    /// <summary>The rooms, lowest first.</summary>
    public static IReadOnlyList<Room> All { get; } = Row.Matches(File.ReadAllText(Path.Combine(System.AppContext.BaseDirectory, "ARCHITECTURE.md")))
        .Select((match, order) => new Room(int.Parse(match.Groups["floor"].Value, System.Globalization.CultureInfo.InvariantCulture), match.Groups["folder"].Value, order))
        .ToArray();

    /// <summary>The namespace of the folder.</summary>
    public string Namespace => "CoreMLQuant." + Folder.Replace('/', '.');

    private string House => Folder.Split('/')[0];

    /// <summary>Whether types of this room may use types of another one: of a lower floor, or of its own folder's earlier rows.</summary>
    public bool MayKnow(Room other) => other.Floor < Floor || (other.House == House && other.Floor == Floor && other.Order <= Order);
}
