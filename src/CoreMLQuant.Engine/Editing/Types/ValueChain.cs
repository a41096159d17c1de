using System;
using System.Collections.Generic;
using System.Linq;
using CoreMLQuant.Elements;
using CoreMLQuant.Mil;
using CoreMLQuant.Mil.Float16;
using CoreMLQuant.Specification.Schema;
using Google.Protobuf;
using Binding = CoreMLQuant.Specification.Schema.Argument.Types.Binding;
using ValueType = CoreMLQuant.Specification.Schema.ValueType;

namespace CoreMLQuant.Editing.Types;

/// <summary>Operations one after the other, from a value to what is made of it: casts, and the scale and bias of an image.</summary>
internal sealed class ValueChain
{
    private readonly List<Operation> _operations = [];
    private readonly UniqueNames _names;
    private readonly CastMaker _casts;
    private readonly string _stem;
    private ValueType _type;

    /// <param name="graph">The body that they are for.</param>
    /// <param name="name">Name of the value.</param>
    /// <param name="type">Its type.</param>
    public ValueChain(ProgramGraph graph, string name, ValueType type)
    {
        _names = new UniqueNames(graph);
        _casts = new CastMaker(_names);
        _stem = name;
        _type = type.Clone();
        Name = name;
    }

    /// <summary>Name of the last value.</summary>
    public string Name { get; private set; }

    /// <summary>Whether there is no operation.</summary>
    public bool IsEmpty => _operations.Count == 0;

    /// <summary>Casts to a type, unless the value has it.</summary>
    public void Cast(ElementType to)
    {
        if (MilTypes.ElementTypeOf(_type) != to)
        {
            string output = _names.Make($"{_stem}_to_{MilTypes.Spelling(to)}");
            Add(_casts.Make(Name, output, _type, to.ToDataType()));
        }
    }

    /// <summary>Multiplies by a scale and adds a bias, in FP32; one that changes nothing is left out.</summary>
    /// <param name="scale">The scale.</param>
    /// <param name="bias">One number, or one for each channel; the channels are the second dimension.</param>
    public void ScaleAndBias(double scale, IReadOnlyList<double> bias)
    {
        if (scale != 1)
        {
            Cast(ElementType.Float32);
            AddBinary("mul", "scaled", [(float)scale]);
        }

        if (bias.Any(number => number != 0))
        {
            Cast(ElementType.Float32);
            AddBinary("add", "biased", bias.Select(number => (float)number).ToArray());
        }
    }

    /// <summary>Puts the operations at the beginning of a body.</summary>
    public void InsertFirst(Block body)
    {
        for (int i = 0; i < _operations.Count; i++)
        {
            body.Operations.Insert(i, _operations[i]);
        }

        _casts.InsertTypeConstants(body);
    }

    /// <summary>Puts the operations at the end of a body, the last value under another name.</summary>
    public void InsertLast(Block body, string name)
    {
        _operations[_operations.Count - 1].Outputs[0].Name = name;
        body.Operations.Add(_operations);
        _casts.InsertTypeConstants(body);
    }

    private void AddBinary(string operationType, string suffix, float[] numbers)
    {
        string constant = _names.Make($"{_stem}_{suffix}_by"), output = _names.Make($"{_stem}_{suffix}");
        _operations.Add(NamedConstant.Of(constant, Floats(numbers)));
        Add(new Operation
        {
            Type = operationType,
            Inputs = { ["x"] = ByName(Name), ["y"] = ByName(constant) },
            Outputs = { new NamedValueType { Name = output, Type = _type.Clone() } },
            Attributes = { ["name"] = MilTypes.Text(output) },
        });
    }

    private void Add(Operation operation)
    {
        _operations.Add(operation);
        Name = operation.Outputs[0].Name;
        _type = operation.Outputs[0].Type;
    }

    // A scalar, or one number for each channel of [1, channels, height, width].
    private static Value Floats(float[] numbers)
    {
        byte[] bytes = new byte[numbers.Length * sizeof(float)];
        Buffer.BlockCopy(numbers, 0, bytes, 0, bytes.Length);
        return new Value
        {
            Type = MilTypes.Tensor(ElementType.Float32, numbers.Length == 1 ? [] : [1, numbers.Length, 1, 1]),
            ImmediateValue = new Value.Types.ImmediateValue { Tensor = new TensorValue { Floats = new TensorValue.Types.RepeatedFloats { Values = ByteString.CopyFrom(bytes) } } },
        };
    }

    private static Argument ByName(string name) => new() { Arguments = { new Binding { Name = name } } };
}
