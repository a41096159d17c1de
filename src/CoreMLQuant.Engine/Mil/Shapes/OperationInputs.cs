using System;
using System.Collections.Generic;
using System.Linq;
using CoreMLQuant.Elements;
using CoreMLQuant.Errors;
using CoreMLQuant.Mil.Decoding;
using ValueType = CoreMLQuant.Specification.Schema.ValueType;

namespace CoreMLQuant.Mil.Shapes;

/// <summary>What an operation is given: types of its parameters, and the numbers and texts of constant ones.</summary>
/// <param name="operation">The operation.</param>
/// <param name="opset">Number of the opset, 7 for CoreML7.</param>
/// <param name="typeOf">The type of what is bound to a parameter.</param>
/// <param name="tensors">Finds the data of constants.</param>
internal sealed class OperationInputs(OperationNode operation, int opset, Func<ValueUse, InferredType> typeOf, TensorCatalog tensors)
{
    // Settings are shorter; what is longer is a weight.
    private const int MaximumCount = 4096;

    /// <summary>Number of the opset.</summary>
    public int Opset => opset;

    /// <summary>Number of the outputs that the operation is declared with.</summary>
    public int OutputCount => operation.Outputs.Count;

    /// <summary>Whether a parameter is given.</summary>
    public bool Has(string name) => operation.Has(name);

    /// <summary>The type of a parameter; unknown when it is not given.</summary>
    public InferredType Type(string name)
    {
        foreach (ValueUse use in operation.Inputs)
        {
            if (use.Parameter == name)
            {
                return typeOf(use);
            }
        }

        return operation.Message.Attribute(name) is { } attribute ? InferredType.Of(attribute.Type) : InferredType.Unknown;
    }

    /// <summary>The types of all that is bound to a parameter.</summary>
    public InferredType[] Types(string name) => operation.Inputs.Where(input => input.Parameter == name).Select(typeOf).ToArray();

    /// <summary>The declared type of a parameter as it stands in the program: that of a state is no tensor.</summary>
    public ValueType? DeclaredType(string name) => operation.Inputs.Where(input => input.Parameter == name).Select(input => input.Type).FirstOrDefault();

    /// <summary>Integers of a parameter; <see langword="null"/> when it is not given, computed, or no integers.</summary>
    public IReadOnlyList<long>? Integers(string name)
    {
        if (operation.Parameter(name) is not { } value
            || HasSeveral(name)
            || MilTypes.ElementCount(value.Type) is not { } count
            || count > MaximumCount)
        {
            return null;
        }

        try
        {
            return tensors.Find(value, operation.Name) is { } data && StoredNumbers.Read(value, data) is { } numbers && numbers.Length == count ? numbers : null;
        }
        catch (CoreMLFormatException)
        {
            // A broken constant tells nothing of the shape; that it is broken is for others to tell.
            return null;
        }
    }

    private bool HasSeveral(string name)
    {
        int count = 0;
        foreach (ValueUse use in operation.Inputs)
        {
            count += use.Parameter == name ? 1 : 0;
        }

        return count > 1;
    }

    /// <summary>An integer of a parameter, or what it is when it is not given; <see langword="null"/> when it is not known.</summary>
    public long? Integer(string name, long? otherwise = null) => Has(name) ? Integers(name) is [var number] ? number : null : otherwise;

    /// <summary>A flag, or what it is when it is not given; <see langword="null"/> when it is not known.</summary>
    public bool? Flag(string name, bool otherwise) => Integer(name, otherwise ? 1 : 0) is { } number ? number != 0 : null;

    /// <summary>A text, or what it is when it is not given; <see langword="null"/> when it is not known.</summary>
    public string? Text(string name, string? otherwise = null) => Has(name) ? operation.Parameter(name) is { } value ? MilTypes.TextOf(value) : null : otherwise;

    /// <summary>A text that is one of several.</summary>
    /// <exception cref="ShapeContradictionException">It is another one.</exception>
    public string? Choice(string name, string? otherwise, params string[] choices) => Text(name, otherwise) is { } text && !choices.Contains(text)
        ? throw new ShapeContradictionException($"its {name} is '{text}'; it is one of {string.Join(", ", choices)}.")
        : Text(name, otherwise);

    /// <summary>The type of elements that a parameter names, e.g. <c>int32</c>; unknown when it is computed.</summary>
    /// <exception cref="ShapeContradictionException">It names none.</exception>
    public ElementType NamedType(string name, ElementType otherwise) => !Has(name) ? otherwise
        : Text(name) is not { } text ? ElementType.Unknown
        : ElementTypeNames.Find(text) ?? throw new ShapeContradictionException($"its {name} is '{text}', which is no type of elements.");
}
