using System.Globalization;
using System.Linq;
using CoreMLQuant.Specification.Schema;

namespace CoreMLQuant.Specification.Text;

/// <summary>Writes types as MIL text.</summary>
internal static class TypeWriter
{
    /// <summary>What stands where a damaged specification has nothing.</summary>
    public const string Nothing = "?";

    /// <summary>A type, e.g. <c>tensor&lt;fp16, [1, ?]&gt;</c>.</summary>
    public static string Write(ValueType? type) => type?.TypeCase switch
    {
        ValueType.TypeOneofCase.TensorType => $"tensor<{DataTypeNames.Write(type.TensorType.DataType)}, [{string.Join(", ", type.TensorType.Dimensions.Select(Write))}]>",
        ValueType.TypeOneofCase.ListType => $"list<{Write(type.ListType.Type)}{(type.ListType.Length is { } length ? ", " + Write(length) : string.Empty)}>",
        ValueType.TypeOneofCase.TupleType => $"tuple<{string.Join(", ", type.TupleType.Types_.Select(Write))}>",
        ValueType.TypeOneofCase.DictionaryType => $"dict<{Write(type.DictionaryType.KeyType)}, {Write(type.DictionaryType.ValueType)}>",
        ValueType.TypeOneofCase.StateType => $"state<{Write(type.StateType.WrappedType)}>",
        _ => Nothing,
    };

    /// <summary>A name: as it is where it can be read so, else in quotation marks.</summary>
    public static string Name(string name) =>
        name.Length > 0 && !IsDigit(name[0]) && name.All(character => character is '_' || IsDigit(character) || character is (>= 'a' and <= 'z') or (>= 'A' and <= 'Z'))
            ? name
            : TextEscapes.Write(name);

    private static bool IsDigit(char character) => character is >= '0' and <= '9';

    private static string Write(Dimension dimension) => dimension.DimensionCase switch
    {
        Dimension.DimensionOneofCase.Constant => dimension.Constant.Size.ToString(CultureInfo.InvariantCulture),
        Dimension.DimensionOneofCase.Unknown when dimension.Unknown.Variadic => "...",
        _ => "?",
    };
}
