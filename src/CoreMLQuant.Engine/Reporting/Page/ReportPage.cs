using System.Collections.Generic;

namespace CoreMLQuant.Reporting.Page;

/// <summary>What a report shows, before it is HTML. Texts are plain; charts are finished SVG.</summary>
/// <param name="Title">Heading and window title.</param>
/// <param name="Subtitle">One line below it.</param>
/// <param name="Tiles">The figures that matter most.</param>
/// <param name="Sections">The parts, in order.</param>
internal sealed record ReportPage(string Title, string Subtitle, IReadOnlyList<Tile> Tiles, IReadOnlyList<Section> Sections);

/// <summary>A figure in large type.</summary>
/// <param name="Label">What it is.</param>
/// <param name="Value">The figure.</param>
/// <param name="Detail">A remark below; empty for none.</param>
internal sealed record Tile(string Label, string Value, string Detail = "");

/// <summary>A part of the page.</summary>
/// <param name="Id">Its id, for links.</param>
/// <param name="Heading">Its heading.</param>
/// <param name="Lead">What it shows and how it is read; empty for nothing.</param>
internal sealed record Section(string Id, string Heading, string Lead)
{
    /// <summary>Charts.</summary>
    public IReadOnlyList<Figure> Figures { get; init; } = [];

    /// <summary>Whether each chart takes the full width.</summary>
    public bool HasWideFigures { get; init; }

    /// <summary>Small images.</summary>
    public IReadOnlyList<Picture> Pictures { get; init; } = [];

    /// <summary>A table; <see langword="null"/> for none.</summary>
    public DataTable? Table { get; init; }
}

/// <summary>A chart with its caption.</summary>
/// <param name="Heading">What it is of.</param>
/// <param name="Caption">What is to be seen.</param>
/// <param name="Legend">Its colours: a purpose of <see cref="Charts.ChartInk"/> and what it stands for.</param>
/// <param name="Svg">The chart.</param>
/// <param name="NarrowSvg">The chart for narrow screens, where the other's text would be too small; <see langword="null"/> when it serves both.</param>
internal sealed record Figure(string Heading, string Caption, IReadOnlyList<(string Ink, string Text)> Legend, string Svg, string? NarrowSvg = null);

/// <summary>A small image with what is said about it.</summary>
/// <param name="Name">What it is called.</param>
/// <param name="Lines">Lines below it.</param>
/// <param name="Png">The image; a PNG file.</param>
/// <param name="IsMarked">Whether it is one of the worst.</param>
internal sealed record Picture(string Name, IReadOnlyList<string> Lines, byte[] Png, bool IsMarked = false);

/// <summary>A table.</summary>
/// <param name="Caption">What it lists.</param>
/// <param name="Columns">Its columns; the one that names the rows among them.</param>
/// <param name="Rows">Its rows, a cell for each column.</param>
internal sealed record DataTable(string Caption, IReadOnlyList<Column> Columns, IReadOnlyList<Row> Rows)
{
    /// <summary>Whether it can be sorted and filtered, and is shown page by page.</summary>
    public bool IsInteractive { get; init; }
}

/// <summary>A column.</summary>
/// <param name="Heading">Its heading.</param>
internal sealed record Column(string Heading)
{
    /// <summary>Whether it holds figures, which stand to the right and are sorted by size.</summary>
    public bool IsNumeric { get; init; }

    /// <summary>Whether it holds sentences, which need room.</summary>
    public bool IsProse { get; init; }

    /// <summary>Whether its cells name their rows.</summary>
    public bool IsName { get; init; }

    /// <summary>Whether the rows can be chosen by its few different texts.</summary>
    public bool IsChoice { get; init; }
}

/// <summary>A row.</summary>
/// <param name="Cells">A cell for each column.</param>
/// <param name="IsMarked">Whether it is one of the worst.</param>
internal sealed record Row(IReadOnlyList<Cell> Cells, bool IsMarked = false);

/// <summary>A cell.</summary>
/// <param name="Text">What is shown.</param>
/// <param name="Number">What figures are sorted by; <see langword="null"/> for none, which comes last either way.</param>
internal readonly record struct Cell(string Text, double? Number = null)
{
    /// <summary>A text.</summary>
    public static implicit operator Cell(string text) => new(text);
}
