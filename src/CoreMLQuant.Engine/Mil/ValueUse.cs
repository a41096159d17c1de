using CoreMLQuant.Specification.Schema;
using ValueType = CoreMLQuant.Specification.Schema.ValueType;

namespace CoreMLQuant.Mil;

/// <summary>A value bound to a parameter. An object, because the uses of a value that thousands share would otherwise be arrays of a megabyte.</summary>
internal sealed class ValueUse(OperationNode consumer, string parameter, Argument.Types.Binding binding, ValueNode? value)
{
    /// <summary>The operation that uses it.</summary>
    public OperationNode Consumer => consumer;

    /// <summary>The parameter.</summary>
    public string Parameter => parameter;

    /// <summary>The binding, by name or with a literal value.</summary>
    public Argument.Types.Binding Binding => binding;

    /// <summary>The value; <see langword="null"/> for a literal.</summary>
    public ValueNode? Value => value;

    /// <summary>Type of what is bound.</summary>
    public ValueType? Type => Value?.Declaration.Type ?? (Binding.BindingCase == Argument.Types.Binding.BindingOneofCase.Value ? Binding.Value.Type : null);
}
