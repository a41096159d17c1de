using System.Globalization;
using CoreMLQuant.Errors;
using CoreMLQuant.Files;
using CoreMLQuant.Specification.Schema;

namespace CoreMLQuant.Specification.Text;

/// <summary>
/// Reads values: a type, and in parentheses what it holds. What a value holds says no more of its types: they are those of the parts of
/// its type. A part whose type is another one has its own in front.
/// </summary>
internal sealed class ValueReader(TokenReader tokens, TypeReader types, DetachedPayloads? payloads, string folder)
{
    private const string Blob = "BLOBFILE";

    /// <summary>Reads a value with its type.</summary>
    /// <exception cref="CoreMLFormatException">No value stands here, or it contradicts its type.</exception>
    public Value Read()
    {
        ValueType type = types.Read();
        tokens.Expect('(');
        Value value = tokens.Is(Blob) ? BlobReference(type) : Literal(type);
        tokens.Expect(')');
        return value;
    }

    /// <summary>Reads a reference to a weight file.</summary>
    private Value BlobReference(ValueType type)
    {
        tokens.Count(2);
        tokens.Advance();
        tokens.Expect('(');
        string? path = null;
        ulong? offset = null;
        tokens.List(')', () =>
        {
            TextToken name = tokens.Current;
            switch (tokens.ExpectName())
            {
                case "path" when path is null:
                    path = Setting(DataType.String, () => tokens.ExpectString());
                    break;
                case "offset" when offset is null:
                    offset = Setting(DataType.Uint64, Offset);
                    break;
                default:
                    throw tokens.Malformed("a reference to a weight file has one path and one offset.", name);
            }
        });
        return path is not null && offset is { } record
            ? new Value { Type = type, BlobFileValue = new Value.Types.BlobFileValue { FileName = InFolder(path), Offset = record } }
            : throw tokens.Unexpected("a path and an offset");
    }

    private string InFolder(string path) => folder.Length == 0
        ? path
        : ModelContainer.ModelPathVariable + folder + (path.StartsWith(ModelContainer.ModelPathVariable, System.StringComparison.Ordinal) ? path.Substring(ModelContainer.ModelPathVariable.Length) : path);

    private T Setting<T>(DataType expected, System.Func<T> read)
    {
        tokens.Expect('=');
        TextToken token = tokens.Current;
        if (types.Read().TensorType is not { Dimensions.Count: 0 } type || type.DataType != expected)
        {
            throw tokens.Malformed($"a {DataTypeNames.Write(expected)} was expected.", token);
        }

        tokens.Expect('(');
        T value = read();
        tokens.Expect(')');
        return value;
    }

    private ulong Offset()
    {
        TextToken token = tokens.Expect(TextTokenKind.Number, "an offset");
        return ulong.TryParse(tokens.TextOf(token), NumberStyles.None, CultureInfo.InvariantCulture, out ulong offset)
            ? offset
            : throw tokens.Malformed($"'{tokens.TextOf(token)}' is not an offset.", token);
    }

    private Value Part(ValueType type) => types.IsType && (tokens.IsNext('<') || tokens.IsNext('(')) ? Read() : Literal(type.Clone());

    private Value Literal(ValueType type)
    {
        tokens.Enter();
        tokens.Count(3);
        var content = new Value.Types.ImmediateValue();
        switch (type.TypeCase)
        {
            case ValueType.TypeOneofCase.TensorType:
                content.Tensor = Tensor(type.TensorType);
                break;
            case ValueType.TypeOneofCase.ListType:
                content.List = new ListValue();
                tokens.Expect('[');
                tokens.List(']', () => content.List.Values.Add(Part(type.ListType.Type)));
                break;
            case ValueType.TypeOneofCase.TupleType:
                content.Tuple = Tuple(type.TupleType);
                break;
            case ValueType.TypeOneofCase.DictionaryType:
                content.Dictionary = new DictionaryValue();
                tokens.Expect('{');
                tokens.List('}', () => content.Dictionary.Values.Add(Pair(type.DictionaryType)));
                break;
            default:
                throw tokens.Malformed("a state has no value.", tokens.Current);
        }

        tokens.Leave();
        return new Value { Type = type, ImmediateValue = content };
    }

    private TupleValue Tuple(TupleType type)
    {
        var tuple = new TupleValue();
        TextToken start = tokens.Current;
        tokens.Expect('(');
        tokens.List(')', () => tuple.Values.Add(tuple.Values.Count < type.Types_.Count
            ? Part(type.Types_[tuple.Values.Count])
            : throw tokens.Malformed($"the tuple has more than its {type.Types_.Count} values.", start)));
        return tuple.Values.Count == type.Types_.Count
            ? tuple
            : throw tokens.Malformed($"the tuple has {tuple.Values.Count} values; its type has {type.Types_.Count}.", start);
    }

    private DictionaryValue.Types.KeyValuePair Pair(DictionaryType type)
    {
        tokens.Expect('{');
        Value key = Part(type.KeyType);
        tokens.Expect(',');
        var pair = new DictionaryValue.Types.KeyValuePair { Key = key, Value = Part(type.ValueType) };
        tokens.Expect('}');
        return pair;
    }

    private TensorValue Tensor(TensorType type)
    {
        var builder = new TensorBuilder(type.DataType);
        if (type.Rank < 0)
        {
            VariadicElements(builder);
        }
        else
        {
            Elements(type, 0, builder);
        }

        return builder.Build(payloads);
    }

    // As many brackets as dimensions, and in each as many parts as its dimension says.
    private void Elements(TensorType type, int axis, TensorBuilder builder)
    {
        if (axis == type.Dimensions.Count)
        {
            Element(builder);
            return;
        }

        TextToken start = tokens.Current;
        ulong count = 0;
        tokens.Enter();
        tokens.Expect('[');
        tokens.List(']', () =>
        {
            Elements(type, axis + 1, builder);
            count++;
        });
        tokens.Leave();
        if (type.Dimensions[axis].Constant is { } constant && constant.Size != count)
        {
            throw tokens.Malformed($"there are {count} values along dimension {axis}; the type has {constant.Size}.", start);
        }
    }

    // A tensor of any rank is written without brackets inside the first ones.
    private void VariadicElements(TensorBuilder builder)
    {
        tokens.Expect('[');
        tokens.List(']', () => Element(builder));
    }

    private void Element(TensorBuilder builder)
    {
        TextToken token = tokens.Current;
        if (builder.IsText)
        {
            tokens.Count(1);
            builder.AddText(tokens.ExpectString());
            return;
        }

        if (token.Kind is not (TextTokenKind.Number or TextTokenKind.Name))
        {
            throw tokens.Unexpected("a value");
        }

        string text = tokens.TextOf(tokens.Advance());
        bool isAdded;
        if (text == "nan" && tokens.Take('('))
        {
            isAdded = builder.AddNaN(tokens.TextOf(tokens.Expect(TextTokenKind.Number, "the bits of a NaN")));
            tokens.Expect(')');
        }
        else
        {
            isAdded = builder.Add(text);
        }

        if (!isAdded)
        {
            throw tokens.Malformed($"'{text}' is not a value of type {builder.TypeName}.", token);
        }
    }
}
