using System.Collections.Generic;
using CoreMLQuant.Specification.Schema;
using Binding = CoreMLQuant.Specification.Schema.Argument.Types.Binding;

namespace CoreMLQuant.Mil.Float16;

/// <summary>Makes casts. The type that a cast names is a string constant; one for each type serves the whole function.</summary>
internal sealed class CastMaker(UniqueNames names)
{
    private readonly SortedDictionary<DataType, string> _typeConstants = [];

    /// <summary>A cast of a value.</summary>
    /// <param name="input">Name of the value.</param>
    /// <param name="output">Name of the result.</param>
    /// <param name="type">Type of the value; the shape is kept.</param>
    /// <param name="to">Its new type.</param>
    public Operation Make(string input, string output, ValueType type, DataType to)
    {
        var cast = new Operation
        {
            Type = "cast",
            Inputs = { ["x"] = ByName(input) },
            Outputs = { new NamedValueType { Name = output, Type = MilTypes.With(type, to) } },
            Attributes = { ["name"] = MilTypes.Text(output) },
        };
        SetType(cast, to);
        return cast;
    }

    /// <summary>Makes an operation's <c>dtype</c> name a type.</summary>
    public void SetType(Operation cast, DataType to)
    {
        if (!_typeConstants.TryGetValue(to, out string? name))
        {
            name = names.Make(Spelling(to) + "_dtype");
            _typeConstants.Add(to, name);
        }

        cast.Inputs["dtype"] = ByName(name);
    }

    /// <summary>Puts the constants that the casts refer to at the start of the function.</summary>
    public void InsertTypeConstants(Block body)
    {
        int position = 0;
        foreach (KeyValuePair<DataType, string> constant in _typeConstants)
        {
            body.Operations.Insert(position++, NamedConstant.Of(constant.Value, MilTypes.Text(Spelling(constant.Key))));
        }
    }

    private static string Spelling(DataType type) => MilTypes.Spelling(type.ToElementType());

    private static Argument ByName(string name) => new() { Arguments = { new Binding { Name = name } } };
}
