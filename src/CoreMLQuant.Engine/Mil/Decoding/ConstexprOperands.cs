using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using CoreMLQuant.Elements;
using CoreMLQuant.Errors;
using CoreMLQuant.Files;
using CoreMLQuant.Specification.Schema;
using CoreMLQuant.Tensors;
using CoreMLQuant.Tensors.Decoding;

namespace CoreMLQuant.Mil.Decoding;

/// <summary>Finds the parameters of a compressed constant, in attributes as up to CoreML7 and in inputs as from CoreML8 on, and says what is wrong with them.</summary>
internal sealed class ConstexprOperands(TensorCatalog tensors, OperationNode operation)
{
    /// <summary>The operation.</summary>
    public OperationNode Operation => operation;

    /// <summary>Whether a parameter is there.</summary>
    public bool Has(string name) => Find(name) is not null;

    /// <summary>A parameter.</summary>
    /// <exception cref="CoreMLFormatException">It is missing or not constant.</exception>
    public Operand Required(string name) => Find(name) ?? throw Broken($"the parameter '{name}' is missing.");

    /// <summary>A parameter of one dimension.</summary>
    public Operand Vector(string name)
    {
        Operand operand = Required(name);
        return operand.Shape.Count == 1 ? operand : throw Broken($"'{name}' has the shape {Text(operand.Shape)}; it must be a vector.");
    }

    /// <summary>A parameter, or <see langword="null"/> when it is missing.</summary>
    /// <exception cref="CoreMLFormatException">It is not constant, or bound more than once.</exception>
    public Operand? Find(string name)
    {
        if (operation.Message.Attributes.TryGetValue(name, out Value? attribute))
        {
            return new Operand(name, attribute, null);
        }

        ValueUse[] uses = operation.Inputs.Where(input => input.Parameter == name).Take(2).ToArray();
        if (uses.Length == 0)
        {
            return null;
        }

        // A list is for operations such as concat; whichever were taken here, the others would be lost.
        ValueUse use = uses.Length == 1 ? uses[0] : throw Broken($"'{name}' is bound more than once; it takes one value.");

        return use.Value switch
        {
            null => new Operand(name, use.Binding.Value ?? throw Broken($"the value '{use.Binding.Name}' of '{name}' is never produced."), null),
            { Maker: { IsConst: true } maker } => new Operand(name, maker.ConstValue ?? throw Broken($"the constant '{use.Value.Name}' of '{name}' has no value."), null),
            { Maker.IsConstexpr: true } => new Operand(name, null, use.Value),
            _ => throw Broken($"'{name}' is '{use.Value.Name}', which is not constant."),
        };
    }

    /// <summary>The values of a stored parameter.</summary>
    public TensorValues StoredValues(Operand operand)
    {
        TensorData data = Data(operand);
        return Values(operand.Stored!, data) ?? throw Broken($"'{operand.Name}' does not contain {data.ElementCount} values of {operand.Type}.");
    }

    /// <summary>The values of a stored tensor; <see langword="null"/> when they are no numbers, or not as many as its type says.</summary>
    public static TensorValues? Values(Value value, TensorData data)
    {
        if (data.ElementType.BitWidth() == 0)
        {
            return null;
        }

        if (data.Data is not null)
        {
            return new StoredValues(data.Data, data.ElementType, data.ElementCount);
        }

        return StoredNumbers.Read(value, data) is { } numbers && numbers.Length == data.ElementCount
            ? new ArrayValues(numbers.Select(number => (float)number).ToArray())
            : null;
    }

    /// <summary>Stored integers.</summary>
    public long[] Integers(Operand operand)
    {
        const int MaxCount = 1024;
        return operand.Stored is not null && operand.Count <= MaxCount && StoredNumbers.Read(operand.Stored, Data(operand)) is { } numbers && numbers.Length == operand.Count
            ? numbers
            : throw Broken($"'{operand.Name}' must be a few integers.");
    }

    /// <summary>A stored text.</summary>
    public string? TextOf(string name) => Required(name).Stored is { } value ? MilTypes.TextOf(value) : null;

    /// <summary>An axis: one stored integer from <c>-rank</c> to <c>rank - 1</c>.</summary>
    /// <returns>The axis counted from the first one.</returns>
    public int Axis(string name, int rank)
    {
        long[] axis = Integers(Required(name));
        return axis.Length == 1 && axis[0] >= -rank && axis[0] < rank
            ? (int)(axis[0] < 0 ? axis[0] + rank : axis[0])
            : throw Broken($"'{name}' is {string.Join(", ", axis)}; there are {rank} axes.");
    }

    /// <summary>The bytes of a stored parameter of one of some types.</summary>
    public TensorData Bytes(Operand operand, params ElementType[] types)
    {
        CheckType(operand, types);
        TensorData data = Data(operand);
        return data.Data is not null ? data : throw Broken($"'{operand.Name}' is not stored as bytes.");
    }

    /// <summary>Checks a parameter's type.</summary>
    public void CheckType(Operand operand, params ElementType[] types)
    {
        if (!types.Contains(operand.Type))
        {
            throw Broken($"'{operand.Name}' contains {operand.Type}; it must contain {string.Join(", ", types)}.");
        }
    }

    /// <summary>The error that the operation breaks a rule.</summary>
    /// <param name="problem">What was found, one sentence.</param>
    public CoreMLFormatException Broken(string problem) => new(
        FormatRule.InvalidConstexpr,
        tensors.File.Container.SpecificationPath,
        problem,
        "The model is damaged or was written by a faulty converter. Compress it again from its source.",
        location: $"{operation.Type} '{NameOf(operation)}'");

    /// <summary>Dimensions for messages.</summary>
    public static string Text(IEnumerable<long> shape) => $"[{string.Join(", ", shape.Select(dimension => dimension.ToString(CultureInfo.InvariantCulture)))}]";

    private TensorData Data(Operand operand) =>
        operand.Stored is { } value && tensors.Find(value, NameOf(operation)) is { } data ? data : throw Broken($"'{operand.Name}' is not a stored tensor of known shape.");

    private static string NameOf(OperationNode operation) => operation.Outputs.FirstOrDefault()?.Name ?? operation.Name;
}
