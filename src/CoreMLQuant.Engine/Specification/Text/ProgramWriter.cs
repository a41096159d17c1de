using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using CoreMLQuant.Specification.Schema;
using Binding = CoreMLQuant.Specification.Schema.Argument.Types.Binding;

namespace CoreMLQuant.Specification.Text;

/// <summary>Writes programs as MIL text, which <see cref="ProgramReader"/> reads. Order is the program's own.</summary>
internal sealed class ProgramWriter
{
    private const string FunctionIndent = "    ", BodyIndent = "            ", BodyEndIndent = "        ", BlockIndent = "    ";

    private readonly TextWriter _output;
    private readonly ValueWriter _values;

    private ProgramWriter(TextWriter output, DetachedPayloads payloads)
    {
        _output = output;
        _values = new ValueWriter(output, payloads);
    }

    /// <summary>Writes a program.</summary>
    /// <param name="program">The program.</param>
    /// <param name="payloads">The big fields of its specification.</param>
    /// <param name="output">Takes the text, with line feeds.</param>
    public static void Write(Program program, DetachedPayloads payloads, TextWriter output) => new ProgramWriter(output, payloads).Write(program);

    /// <summary>What an immediate value holds, for people: without its type, floats as rounded decimal numbers.</summary>
    /// <param name="value">The value.</param>
    /// <param name="payloads">The big fields of its specification.</param>
    public static string Literal(Value value, DetachedPayloads payloads)
    {
        var text = new StringWriter(CultureInfo.InvariantCulture);
        new ValueWriter(text, payloads, isDecimal: true).Literal(value.Type, value.ImmediateValue);
        return text.ToString();
    }

    private void Write(Program program)
    {
        _output.Write($"program({program.Version.ToString(CultureInfo.InvariantCulture)}.0)\n");
        if (Attributes(program.Attributes, isNeeded: false))
        {
            _output.Write('\n');
        }

        _output.Write("{\n");
        foreach (KeyValuePair<string, Function> function in program.Functions)
        {
            // The block that runs is the first one.
            foreach (KeyValuePair<string, Block> body in function.Value.BlockSpecializations.OrderBy(body => body.Key == function.Value.Opset ? 0 : 1))
            {
                Write(function.Key, function.Value, body.Key, body.Value);
            }
        }

        _output.Write("}\n");
    }

    private void Write(string name, Function function, string opset, Block body)
    {
        _output.Write($"{FunctionIndent}func {TypeWriter.Name(name)}<{OpsetNames.Write(opset)}>(");
        NamedTypes(function.Inputs);
        _output.Write(") ");
        if (Attributes(function.Attributes, isNeeded: body.Attributes.Count > 0))
        {
            _output.Write(' ');
        }

        Body(body, BodyIndent, BodyEndIndent);
        _output.Write(";\n");
    }

    private void Body(Block block, string indent, string endIndent)
    {
        if (Attributes(block.Attributes, isNeeded: false))
        {
            _output.Write(' ');
        }

        _output.Write("{\n");
        foreach (Operation operation in block.Operations)
        {
            _output.Write(indent);
            Write(operation, indent);
            _output.Write(";\n");
        }

        _output.Write($"{endIndent}}} -> ({string.Join(", ", block.Outputs.Select(TypeWriter.Name))})");
    }

    private void Write(Operation operation, string indent)
    {
        NamedTypes(operation.Outputs);
        _output.Write(operation.Outputs.Count > 0 ? " = " : string.Empty);
        _output.Write(TypeWriter.Name(operation.Type));
        _output.Write('(');
        string separator = string.Empty;
        foreach (InputEntry input in operation.InputEntries)
        {
            _output.Write($"{separator}{TypeWriter.Name(input.Key)} = ");
            Write(input.Value);
            separator = ", ";
        }

        _output.Write(')');
        Attributes(operation.AttributeEntries.Select(entry => new KeyValuePair<string, Value>(entry.Key, entry.Value)), isNeeded: false);
        foreach (Block block in operation.Blocks)
        {
            _output.Write(" (");
            NamedTypes(block.Inputs);
            _output.Write(") ");
            Body(block, indent + BlockIndent, indent);
        }
    }

    private void Write(Argument? argument)
    {
        IReadOnlyList<Binding> bindings = argument is null ? [] : argument.Arguments;
        bool isSingle = bindings.Count == 1;
        _output.Write(isSingle ? string.Empty : "(");
        for (int i = 0; i < bindings.Count; i++)
        {
            _output.Write(i > 0 ? ", " : string.Empty);
            if (bindings[i].BindingCase == Binding.BindingOneofCase.Value)
            {
                _values.Write(bindings[i].Value);
            }
            else
            {
                _output.Write(bindings[i].BindingCase == Binding.BindingOneofCase.Name ? TypeWriter.Name(bindings[i].Name) : TypeWriter.Nothing);
            }
        }

        _output.Write(isSingle ? string.Empty : ")");
    }

    private void NamedTypes(IEnumerable<NamedValueType> values) =>
        _output.Write(string.Join(", ", values.Select(value => $"{TypeWriter.Write(value.Type)} {TypeWriter.Name(value.Name)}")));

    private bool Attributes(IEnumerable<KeyValuePair<string, Value>> attributes, bool isNeeded)
    {
        string separator = "[";
        foreach (KeyValuePair<string, Value> attribute in attributes)
        {
            _output.Write($"{separator}{TypeWriter.Name(attribute.Key)} = ");
            _values.Write(attribute.Value);
            separator = ", ";
        }

        bool isEmpty = separator == "[";
        if (isEmpty && isNeeded)
        {
            _output.Write('[');
        }

        if (!isEmpty || isNeeded)
        {
            _output.Write(']');
        }

        return !isEmpty || isNeeded;
    }
}
