using System.Collections.Generic;
using System.Linq;
using CoreMLQuant.Comparison;
using CoreMLQuant.Models;
using CoreMLQuant.Reporting.Page;

namespace CoreMLQuant.Reporting;

/// <summary>The parts that say what a model takes and gives, and in what two models differ beside their weights.</summary>
internal static class FactSections
{
    // Everything that differs is in the comparison; a page of thousands of operations is read by nobody.
    private const int MaxRows = 200;

    /// <summary>Inputs, outputs and states.</summary>
    public static Section Interface(CoreMLModel model)
    {
        var rows = new List<Row>();
        foreach ((string kind, IReadOnlyList<ModelFeature> features) in new[] { ("Input", model.Inputs), ("Output", model.Outputs), ("State", model.States) })
        {
            rows.AddRange(features.Select(feature => new Row([kind, feature.Name, feature.Type])));
        }

        return new Section("interface", "Inputs and outputs", model.Description)
        {
            Table = new DataTable("Inputs, outputs and states", [new Column("Kind"), new Column("Name") { IsName = true }, new Column("Type")], rows),
        };
    }

    /// <summary>What differs beside the weights; nothing when nothing does.</summary>
    public static IEnumerable<Section> Differences(ModelComparison comparison)
    {
        Row[] rows =
        [
            .. comparison.Differences.Select(item => new Row([item.Kind, item.Name, item.Reference ?? "none", item.Difference ?? "none"])),
            .. comparison.Operations.Select(item => new Row(
                [$"{item.Change} operation", Cells.Place(item.Stage, item.Function) is { Length: > 0 } place ? $"{place}: {item.Name}" : item.Name, item.ReferenceType, item.DifferenceType])),
        ];
        if (rows.Length == 0)
        {
            yield break;
        }

        Column[] columns = [new Column("What"), new Column("Name") { IsName = true }, new Column("Before"), new Column("After")];
        string more = rows.Length > MaxRows ? System.FormattableString.Invariant($" The first {MaxRows} of {rows.Length} are listed.") : string.Empty;
        yield return new Section("differences", "Other differences", "Inputs, outputs, metadata and operations that differ between the models." + more)
        {
            Table = new DataTable("Differences other than weights", columns, [.. rows.Take(MaxRows)]),
        };
    }
}
