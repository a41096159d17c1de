using System;
using System.Collections.Generic;
using System.Linq;
using CoreMLQuant.Running;
using Microsoft.VisualBasic.FileIO;

namespace CoreMLQuant.Runtime.Data.Files;

/// <summary>A table of samples: the header names the features, each row is a sample.</summary>
internal static class CsvFile
{
    /// <summary>Reads the rows.</summary>
    /// <exception cref="SampleDataException">It has no header, or a row has more or fewer cells.</exception>
    public static IEnumerable<IReadOnlyDictionary<string, object>> Read(string path)
    {
        TextFiles.RequireSize(path);
        using var parser = new TextFieldParser(path) { Delimiters = [","], HasFieldsEnclosedInQuotes = true, TrimWhiteSpace = false };
        string[] header = Cells(parser, path) ?? throw new SampleDataException(path, "It is empty: the first line has to name the features.");
        if (header.Distinct(StringComparer.Ordinal).Count() != header.Length)
        {
            throw new SampleDataException(path, $"Its header names a feature twice: {string.Join(", ", header)}.");
        }

        for (int row = 1; Cells(parser, path) is { } cells; row++)
        {
            if (cells.Length != header.Length)
            {
                throw new SampleDataException(path, $"Row {row} has {cells.Length} cells, and the header {header.Length}.");
            }

            yield return header.Zip(cells).ToDictionary(pair => pair.First.Trim(), pair => Value(pair.Second, path), StringComparer.Ordinal);
        }
    }

    private static string[]? Cells(TextFieldParser parser, string path)
    {
        try
        {
            return parser.ReadFields();
        }
        catch (MalformedLineException e)
        {
            throw new SampleDataException(path, $"Line {parser.ErrorLineNumber} is not well-formed: a quote is not closed.", e);
        }
    }

    // A list is written as JSON writes it; what else a cell means, its feature decides.
    private static object Value(string cell, string path) => cell.TrimStart().StartsWith('[') ? JsonFile.ReadValue(cell, path) : cell.Trim();
}
