using CoreMLQuant.Specification.Schema;
using Binding = CoreMLQuant.Specification.Schema.Argument.Types.Binding;

namespace CoreMLQuant.Mil.Compression;

/// <summary>What a parameter of a compressed constant is bound to: a value, or another one's output.</summary>
internal sealed class ConstexprArgument
{
    private ConstexprArgument(Value? value, string? name)
    {
        Value = value;
        Name = name;
    }

    /// <summary>The value.</summary>
    public Value? Value { get; }

    /// <summary>The output's name.</summary>
    public string? Name { get; }

    /// <summary>Binds a value.</summary>
    public static ConstexprArgument Of(Value value) => new(value, null);

    /// <summary>Binds an output.</summary>
    public static ConstexprArgument Of(string name) => new(null, name);

    /// <summary>Binds what another operation's parameter is bound to; <see langword="null"/> when it has no such parameter.</summary>
    public static ConstexprArgument? Of(Operation operation, string parameter) =>
        operation.Inputs.TryGetValue(parameter, out Argument? argument) && argument.Arguments.Count == 1
            ? argument.Arguments[0].BindingCase == Binding.BindingOneofCase.Name ? Of(argument.Arguments[0].Name) : Of(argument.Arguments[0].Value)
            : null;

    /// <summary>The binding.</summary>
    public Binding ToBinding() => Value is not null ? new Binding { Value = Value } : new Binding { Name = Name };
}
