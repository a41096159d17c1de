using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace CoreMLQuant.Recipes.Files;

/// <summary>
/// Reads YAML, of which JSON is a part, into a tree. Anchors, aliases and merge keys are followed as coremltools' reader follows
/// them; tags are passed over, since nothing in a recipe is anything but text, a list or a map.
/// </summary>
internal sealed class YamlTree
{
    // A recipe is six levels deep and a few hundred values large, and a text does not hold more values than characters. Aliases of aliases could make
    // billions of it.
    private const int MaximumDepth = 32;
    private const int UsualMaximumNodes = 200_000;
    private const string MergeKey = "<<";

    private static readonly string[] Nulls = [string.Empty, "~", "null", "Null", "NULL"];

    private readonly IParser _parser;
    private readonly int _maximumNodes;
    private readonly Dictionary<AnchorName, (RecipeNode Node, int Count)> _anchors = [];
    private int _count;
    private Mark _last = Mark.Empty;

    private YamlTree(string text)
    {
        _parser = new Parser(new StringReader(text));
        _maximumNodes = Math.Max(UsualMaximumNodes, text.Length);
    }

    /// <summary>Reads the one document of a text.</summary>
    /// <param name="text">YAML or JSON.</param>
    /// <param name="source">The file, for the error.</param>
    /// <exception cref="RecipeFileException">It is not well-formed.</exception>
    public static RecipeNode Parse(string text, string source)
    {
        var tree = new YamlTree(text);
        try
        {
            return tree.Document();
        }
        catch (YamlException e)
        {
            throw Failure(source, TabLine(text, e) is { } line
                ? new RecipeFileError(new RecipePosition(line, 1), string.Empty, "the line is indented with a tab. YAML allows only spaces.")
                : new RecipeFileError(Inside(text, PositionOf(e.Start)), string.Empty, e.Message));
        }
        catch (InvalidOperationException)
        {
            // What YamlDotNet throws for brackets that are not closed before the next key.
            throw Failure(source, new RecipeFileError(Inside(text, PositionOf(tree._last)), string.Empty, "the text is not well-formed after this point. Check for an unclosed bracket, brace or quote."));
        }
    }

    private RecipeNode Document()
    {
        Next<StreamStart>();
        if (Current is StreamEnd)
        {
            return new RecipeScalar(null, new RecipePosition(1, 1));
        }

        Next<DocumentStart>();
        RecipeNode root = Node(0);
        Next<DocumentEnd>();
        return Current is StreamEnd
            ? root
            : throw new SemanticErrorException(Current.Start, Current.End, "A second document begins here. The text must be a single document.");
    }

    private ParsingEvent Current
    {
        get
        {
            if (_parser.Current is null)
            {
                _parser.MoveNext();
            }

            return _parser.Current!;
        }
    }

    private T Next<T>()
        where T : ParsingEvent
    {
        var current = (T)Current;
        _last = current.End;
        _parser.MoveNext();
        return current;
    }

    private RecipeNode Node(int depth)
    {
        ParsingEvent start = Current;
        if (depth > MaximumDepth)
        {
            throw new SemanticErrorException(start.Start, start.End, $"Lists and maps are nested more than {MaximumDepth} levels deep here. Six levels suffice.");
        }

        int before = _count;
        Count(1, start);
        if (start is AnchorAlias)
        {
            return Alias(Next<AnchorAlias>());
        }

        RecipeNode node = start switch
        {
            Scalar => Value(Next<Scalar>()),
            SequenceStart => Items(depth),
            MappingStart => Entries(depth),
            _ => throw new SemanticErrorException(start.Start, start.End, "A value is missing here."),
        };
        if (start is NodeEvent { Anchor.IsEmpty: false } anchored)
        {
            _anchors[anchored.Anchor] = (node, _count - before);
        }

        return node;
    }

    private static RecipeScalar Value(Scalar scalar) => new(
        scalar.Style == ScalarStyle.Plain && Nulls.Contains(scalar.Value) ? null : scalar.Value,
        PositionOf(scalar.Start));

    private RecipeList Items(int depth)
    {
        SequenceStart start = Next<SequenceStart>();
        var items = new List<RecipeNode>();
        while (Current is not SequenceEnd)
        {
            items.Add(Node(depth + 1));
        }

        Next<SequenceEnd>();
        return new RecipeList(items, PositionOf(start.Start));
    }

    private RecipeMap Entries(int depth)
    {
        MappingStart start = Next<MappingStart>();
        var entries = new List<RecipeEntry>();
        var merged = new List<RecipeEntry>();
        while (Current is not MappingEnd)
        {
            ParsingEvent key = Current;
            if (Node(depth + 1) is not RecipeScalar name)
            {
                throw new SemanticErrorException(key.Start, key.End, "A key must be a name, not a list or a map.");
            }

            RecipeNode value = Node(depth + 1);
            if (key is Scalar { Style: ScalarStyle.Plain, Value: MergeKey })
            {
                merged.AddRange(Merged(value, key));
            }
            else
            {
                entries.Add(new RecipeEntry(name.Text ?? string.Empty, PositionOf(key.Start), value));
            }
        }

        // What is written out goes before what is merged, and what is merged first before what comes after.
        var taken = new HashSet<string>(entries.Select(entry => entry.Key), StringComparer.Ordinal);
        entries.InsertRange(0, merged.Where(entry => taken.Add(entry.Key)));
        Next<MappingEnd>();
        return new RecipeMap(entries, PositionOf(start.Start));
    }

    private static IEnumerable<RecipeEntry> Merged(RecipeNode value, ParsingEvent key) => value switch
    {
        RecipeMap map => map.Entries,
        RecipeList list => list.Items.SelectMany(item => Merged(item, key)),
        _ => throw new SemanticErrorException(key.Start, key.End, $"'{MergeKey}' requires a map or a list of maps."),
    };

    private RecipeNode Alias(AnchorAlias alias)
    {
        if (!_anchors.TryGetValue(alias.Value, out (RecipeNode Node, int Count) target))
        {
            throw new SemanticErrorException(alias.Start, alias.End, $"The anchor '&{alias.Value}' is not defined before this line.");
        }

        Count(target.Count, alias);
        return target.Node;
    }

    private void Count(int nodes, ParsingEvent where)
    {
        _count += nodes;
        if (_count > _maximumNodes)
        {
            throw new SemanticErrorException(where.Start, where.End, $"The text contains more than {_maximumNodes} values, with aliases expanded.");
        }
    }

    // The parser tells of a tab, but often not in which line.
    private static int? TabLine(string text, YamlException error)
    {
        if (error.Message.IndexOf(" tab ", StringComparison.Ordinal) < 0)
        {
            return null;
        }

        string[] lines = text.Split('\n');
        int line = Array.FindIndex(lines, (int)Math.Min(error.Start.Line - 1, lines.Length - 1), text => text.TrimStart(' ').StartsWith("\t", StringComparison.Ordinal));
        return line < 0 ? null : line + 1;
    }

    // What is left open is told at the end of the text, which may be in a line that no editor shows.
    private static RecipePosition Inside(string text, RecipePosition position)
    {
        int lines = text.TrimEnd().Split('\n').Length;
        return position.Line > lines ? new RecipePosition(lines, 1) : position;
    }

    private static RecipeFileException Failure(string source, RecipeFileError error) => new(source, [error]);

    private static RecipePosition PositionOf(Mark mark) => new((int)mark.Line, (int)mark.Column);
}
