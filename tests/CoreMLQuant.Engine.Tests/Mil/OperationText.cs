using System;
using System.Globalization;
using System.Linq;
using System.Text.RegularExpressions;
using CoreMLQuant.Elements;
using CoreMLQuant.Mil;
using CoreMLQuant.Models;
using CoreMLQuant.Specification.Schema;
using Argument = CoreMLQuant.Specification.Schema.Argument;
using ValueType = CoreMLQuant.Specification.Schema.ValueType;

namespace CoreMLQuant.Tests.Mil;

/// <summary>
/// Programs of one operation as text: <c>conv(x: fp32[1,3,?,8], weight: fp32[4,3,3,3], strides: {2,2}, pad_type: 'same')</c>. Types are computed
/// values, braces hold integers and texts stand in quotes. A parameter that is given several times is a list; outputs follow an arrow.
/// </summary>
internal static class OperationText
{
    private static readonly Regex Whole = new(@"^(?<type>\w+)\((?<parameters>.*)\)(?: -> (?<outputs>\d+))?$");

    private static readonly Regex Parameter = new(@"(?<name>\w+): (?:(?<element>[a-z]+\d*)\[(?<sizes>[^\]]*)\]|\{(?<numbers>[^}]*)\}|'(?<text>[^']*)'|(?<number>-?\d+)(?!\[)|(?<any>\?))");

    /// <summary>The graph of such a program; its last operation is the one.</summary>
    public static ProgramGraph Graph(string text, int opset)
    {
        Match whole = Whole.Match(text);
        var function = new Function { Opset = Platform.OpsetName(opset) };
        var operation = new Operation { Type = whole.Groups["type"].Value, Attributes = { ["name"] = MilTypes.Text("tested") } };
        foreach (Match parameter in Parameter.Matches(whole.Groups["parameters"].Value))
        {
            string name = parameter.Groups["name"].Value;
            if (!operation.Inputs.ContainsKey(name))
            {
                operation.Inputs[name] = new Argument();
            }

            operation.Inputs[name].Arguments.Add(Bound(parameter, function));
        }

        int outputs = whole.Groups["outputs"].Success ? int.Parse(whole.Groups["outputs"].Value, CultureInfo.InvariantCulture) : 1;
        operation.Outputs.AddRange(Enumerable.Range(0, outputs).Select(i => new NamedValueType { Name = $"y{i}", Type = MilModelBuilder.Tensor(DataType.Float32, 1) }));
        function.BlockSpecializations.Add(function.Opset, new Block { Operations = { operation } });
        return ProgramGraph.Of(new Program { Functions = { ["main"] = function } }).Single();
    }

    private static Argument.Types.Binding Bound(Match parameter, Function function)
    {
        if (parameter.Groups["numbers"].Success || parameter.Groups["number"].Success)
        {
            bool isScalar = parameter.Groups["number"].Success;
            int[] numbers = parameter.Groups[isScalar ? "number" : "numbers"].Value.Split([','], StringSplitOptions.RemoveEmptyEntries).Select(number => int.Parse(number, CultureInfo.InvariantCulture)).ToArray();
            return new Argument.Types.Binding
            {
                Value = new Value
                {
                    Type = isScalar ? MilModelBuilder.Tensor(DataType.Int32) : MilModelBuilder.Tensor(DataType.Int32, numbers.Length),
                    ImmediateValue = new Value.Types.ImmediateValue { Tensor = new TensorValue { Ints = new TensorValue.Types.RepeatedInts { Values = { numbers } } } },
                },
            };
        }

        if (parameter.Groups["text"].Success)
        {
            return new Argument.Types.Binding { Value = MilTypes.Text(parameter.Groups["text"].Value) };
        }

        string input = $"in{function.Inputs.Count}";
        function.Inputs.Add(new NamedValueType { Name = input, Type = parameter.Groups["any"].Success ? AnyRank() : Type(parameter) });
        return new Argument.Types.Binding { Name = input };
    }

    private static ValueType Type(Match parameter)
    {
        ElementType element = Enum.GetValues(typeof(ElementType)).Cast<ElementType>().First(type => MilTypes.Spelling(type) == parameter.Groups["element"].Value);
        string[] sizes = parameter.Groups["sizes"].Value.Split([','], StringSplitOptions.RemoveEmptyEntries);
        var type = MilTypes.Tensor(element, sizes.Select(size => size.Trim() == "?" ? 0 : long.Parse(size, CultureInfo.InvariantCulture)).ToArray());
        foreach (int axis in Enumerable.Range(0, sizes.Length).Where(axis => sizes[axis].Trim() == "?"))
        {
            type.TensorType.Dimensions[axis] = new Dimension { Unknown = new Dimension.Types.UnknownDimension() };
        }

        return type;
    }

    private static ValueType AnyRank() => new() { TensorType = new TensorType { DataType = DataType.Float32, Rank = -1 } };
}
