using System.Linq;
using CoreMLQuant.Mil;
using CoreMLQuant.Specification.Schema;
using CoreMLQuant.Validation.Findings;

namespace CoreMLQuant.Validation.Programs;

/// <summary>Rules for types as they are declared: complete, and with as many dimensions as their rank says.</summary>
internal static class TypeRules
{
    // The number of dimensions is not known before the program runs.
    private const long VariableRank = -1;

    /// <summary>Checks the types of all values of a body; those of constants are held against their values elsewhere.</summary>
    public static void Check(ProgramGraph graph, Place place, FindingList findings)
    {
        foreach (ValueNode value in graph.Values.Where(value => value.Maker is not { IsConst: true }))
        {
            if (Problem(value.Declaration.Type) is { } problem)
            {
                findings.Add(ValidationRule.InvalidType, place.Of("value", value.Name), problem);
            }
        }
    }

    /// <summary>What is wrong with a type, one sentence; <see langword="null"/> when nothing is.</summary>
    public static string? Problem(ValueType? type) => type?.TypeCase switch
    {
        ValueType.TypeOneofCase.TensorType => Problem(type.TensorType),
        ValueType.TypeOneofCase.ListType => Problem(type.ListType.Type),
        ValueType.TypeOneofCase.TupleType => type.TupleType.Types_.Select(Problem).FirstOrDefault(problem => problem is not null),
        ValueType.TypeOneofCase.DictionaryType => Problem(type.DictionaryType.KeyType) ?? Problem(type.DictionaryType.ValueType),
        ValueType.TypeOneofCase.StateType => Problem(type.StateType.WrappedType),
        _ => "a type is missing, or none that is known.",
    };

    private static string? Problem(TensorType tensor) =>
        tensor.DataType == DataType.UnusedType ? "a tensor's type of elements is missing."
        : tensor.Rank != tensor.Dimensions.Count && !(tensor.Rank == VariableRank && tensor.Dimensions.Count == 0) ? $"a tensor has rank {tensor.Rank} and {tensor.Dimensions.Count} dimensions."
        : null;
}
