using System.Globalization;
using CoreMLQuant.Errors;
using CoreMLQuant.Specification.Schema;

namespace CoreMLQuant.Specification.Text;

/// <summary>Reads types: <c>tensor&lt;fp16, [1, ?]&gt;</c>, <c>int32</c> for a scalar, lists, tuples, dictionaries and states.</summary>
internal sealed class TypeReader(TokenReader tokens)
{
    /// <summary>Whether a type stands here, and a value of it or a name follows.</summary>
    public bool IsType => tokens.Current.Kind == TextTokenKind.Name && (tokens.IsNext('<') || DataTypeNames.Read(tokens.TextOf(tokens.Current)) is not null);

    /// <summary>Reads a type.</summary>
    /// <exception cref="CoreMLFormatException">No type stands here, or none that is known.</exception>
    public ValueType Read()
    {
        tokens.Enter();
        TextToken token = tokens.Expect(TextTokenKind.Name, "a type");
        string name = tokens.TextOf(token);
        tokens.Count(2);
        ValueType type = name switch
        {
            "tensor" => new ValueType { TensorType = Enclosed(Tensor) },
            "list" => new ValueType { ListType = Enclosed(List) },
            "tuple" => new ValueType { TupleType = Enclosed(Tuple) },
            "dict" => new ValueType { DictionaryType = Enclosed(Dictionary) },
            "state" => new ValueType { StateType = new StateType { WrappedType = Enclosed(Read) } },
            _ => new ValueType { TensorType = new TensorType { DataType = DataTypeNames.Read(name) ?? throw tokens.Malformed($"'{name}' is not a type.", token) } },
        };
        tokens.Leave();
        return type;
    }

    private T Enclosed<T>(System.Func<T> content)
    {
        tokens.Expect('<');
        T read = content();
        tokens.Expect('>');
        return read;
    }

    private TensorType Tensor()
    {
        TextToken token = tokens.Expect(TextTokenKind.Name, "an element type");
        var type = new TensorType
        {
            DataType = DataTypeNames.Read(tokens.TextOf(token)) ?? throw tokens.Malformed($"'{tokens.TextOf(token)}' is not an element type.", token),
        };
        tokens.Expect(',');
        tokens.Expect('[');
        bool isVariadic = false;
        tokens.List(']', () =>
        {
            isVariadic |= tokens.Current.Kind == TextTokenKind.Ellipsis;
            type.Dimensions.Add(Dimension());
        });
        type.Rank = isVariadic ? -1 : type.Dimensions.Count;
        return type;
    }

    private ListType List()
    {
        var type = new ListType { Type = Read() };
        if (tokens.Take(','))
        {
            type.Length = Dimension();
        }

        return type;
    }

    private TupleType Tuple()
    {
        var type = new TupleType();
        while (!tokens.Is('>'))
        {
            type.Types_.Add(Read());
            if (!tokens.Take(','))
            {
                break;
            }
        }

        return type;
    }

    private DictionaryType Dictionary()
    {
        var type = new DictionaryType { KeyType = Read() };
        tokens.Expect(',');
        type.ValueType = Read();
        return type;
    }

    // A name stands for a dimension that is not known before the model is run, as a question mark does.
    private Dimension Dimension()
    {
        tokens.Count(2);
        if (tokens.Current.Kind is TextTokenKind.Ellipsis or TextTokenKind.Name || tokens.Is('?'))
        {
            bool isVariadic = tokens.Advance().Kind == TextTokenKind.Ellipsis;
            return new Dimension { Unknown = new Dimension.Types.UnknownDimension { Variadic = isVariadic } };
        }

        TextToken token = tokens.Expect(TextTokenKind.Number, "a dimension");
        return ulong.TryParse(tokens.TextOf(token), NumberStyles.None, CultureInfo.InvariantCulture, out ulong size)
            ? new Dimension { Constant = new Dimension.Types.ConstantDimension { Size = size } }
            : throw tokens.Malformed($"'{tokens.TextOf(token)}' is not a dimension.", token);
    }
}
