using System;
using System.Collections.Generic;
using CoreMLQuant.Elements;
using CoreMLQuant.Specification.Schema;

namespace CoreMLQuant.Mil.Activations;

/// <summary>An operation of an <see cref="ActivationGraph"/>: one of the program, or a <c>quantize</c> or <c>dequantize</c> that is to be added to it.</summary>
internal sealed class ActivationNode(string type, Block block, ProgramPlace place)
{
    /// <summary>The operation's type.</summary>
    public string Type { get; } = type;

    /// <summary>The block that it is in.</summary>
    public Block Block { get; } = block;

    /// <summary>Its place in the program.</summary>
    public ProgramPlace Place { get; } = place;

    /// <summary>The operation of the program; <see langword="null"/> for one that is to be added.</summary>
    public OperationNode? Source { get; init; }

    /// <summary>What one that is to be added quantizes with; <see langword="null"/> for one of the program.</summary>
    public PairParameters? Parameters { get; set; }

    /// <summary>Its inputs, one for each binding.</summary>
    public List<ActivationUse> Inputs { get; } = [];

    /// <summary>Its outputs.</summary>
    public List<ActivationValue> Outputs { get; } = [];

    /// <summary>The first output.</summary>
    public ActivationValue Output => Outputs[0];

    /// <summary>Whether it is a <c>quantize</c>.</summary>
    public bool IsQuantize => Type == "quantize";

    /// <summary>Whether it is a <c>dequantize</c>.</summary>
    public bool IsDequantize => Type == "dequantize";

    /// <summary>The first input of a parameter; <see langword="null"/> when it is not bound to a value.</summary>
    public ActivationUse? Input(string parameter) => Inputs.Find(input => input.Parameter == parameter);
}

/// <summary>A value of an <see cref="ActivationGraph"/>.</summary>
internal sealed class ActivationValue(ActivationNode? maker, ValueNode? source)
{
    /// <summary>The operation that makes it; <see langword="null"/> for an input of a function or a block.</summary>
    public ActivationNode? Maker { get; } = maker;

    /// <summary>The value of the program; <see langword="null"/> for one that is to be added.</summary>
    public ValueNode? Source { get; } = source;

    /// <summary>The value of the program that this one stands for, as itself or as integers.</summary>
    public ValueNode Origin => Source ?? Maker!.Inputs[0].Value.Origin;

    /// <summary>
    /// What uses it. Where the first one decides, the order is that of coremltools' graph: the order of the program, and what has been rewritten moves
    /// to the end.
    /// </summary>
    public LinkedList<ActivationUse> Uses { get; } = [];

    /// <summary>Whether a function or a block gives it out.</summary>
    public bool IsOutput => Source is { OutputOf.Count: > 0 };

    /// <summary>Whether it is, or stands for, FP16 or FP32.</summary>
    public bool IsFloat => Maker?.IsDequantize == true || Source?.ElementType is ElementType.Float16 or ElementType.Float32;

    /// <summary>The only operation that uses it, once; <see langword="null"/> when there are several uses or none.</summary>
    public ActivationNode? OnlyUser => Uses.Count == 1 ? FirstUser : null;

    /// <summary>The operation with the first use; <see langword="null"/> without one.</summary>
    public ActivationNode? FirstUser => Uses.First?.Value.Consumer;
}

/// <summary>A value at a parameter of an operation.</summary>
internal sealed class ActivationUse
{
    // A value can have thousands of uses, which are taken out one by one.
    private readonly LinkedListNode<ActivationUse> _link;

    /// <summary>Adds a use to those of the operation and the value.</summary>
    public ActivationUse(ActivationNode consumer, string parameter, ActivationValue value, Argument.Types.Binding? binding)
    {
        Consumer = consumer;
        Parameter = parameter;
        Value = value;
        Binding = binding;
        _link = new LinkedListNode<ActivationUse>(this);
        value.Uses.AddLast(_link);
        consumer.Inputs.Add(this);
    }

    /// <summary>The operation.</summary>
    public ActivationNode Consumer { get; }

    /// <summary>The parameter.</summary>
    public string Parameter { get; }

    /// <summary>The value.</summary>
    public ActivationValue Value { get; private set; }

    /// <summary>The binding in the program; <see langword="null"/> where the operation is to be added.</summary>
    public Argument.Types.Binding? Binding { get; }

    /// <summary>Binds the parameter to a value, or to its own anew; either way this becomes the value's last use.</summary>
    public void Bind(ActivationValue value)
    {
        Release();
        Value = value;
        value.Uses.AddLast(_link);
    }

    /// <summary>Takes it from the uses of the value.</summary>
    public void Release() => Value.Uses.Remove(_link);
}

/// <summary>A place in a program: an operation's, or one right before or behind it.</summary>
/// <param name="Index">Number of the operation, nested ones behind the one that holds them.</param>
/// <param name="Side">-1 before it, 0 for itself, 1 behind it.</param>
/// <param name="Sequence">Orders what is on one side.</param>
internal readonly record struct ProgramPlace(int Index, int Side, int Sequence) : IComparable<ProgramPlace>
{
    /// <inheritdoc/>
    public int CompareTo(ProgramPlace other) =>
        Index != other.Index ? Index.CompareTo(other.Index) : Side != other.Side ? Side.CompareTo(other.Side) : Sequence.CompareTo(other.Sequence);
}
