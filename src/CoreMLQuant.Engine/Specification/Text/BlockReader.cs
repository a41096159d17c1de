using System;
using System.Threading;
using CoreMLQuant.Errors;
using CoreMLQuant.Specification.Schema;
using Google.Protobuf.Collections;
using Binding = CoreMLQuant.Specification.Schema.Argument.Types.Binding;

namespace CoreMLQuant.Specification.Text;

/// <summary>
/// Reads blocks of operations: <c>TYPE NAME, ... = OPERATION(PARAMETER = ARGUMENT, ...)[ATTRIBUTE = VALUE, ...];</c>, and before the semicolon
/// the operation's own blocks, each with its inputs in parentheses.
/// </summary>
internal sealed class BlockReader(TokenReader tokens, TypeReader types, ValueReader values, CancellationToken cancellationToken)
{
    /// <summary>Reads typed names up to a closing parenthesis.</summary>
    public void Inputs(RepeatedField<NamedValueType> inputs) => tokens.List(')', () => inputs.Add(NamedType()));

    /// <summary>Reads attributes in brackets, if there are any.</summary>
    /// <param name="isKnown">Whether a name is taken.</param>
    /// <param name="add">Takes an attribute.</param>
    /// <exception cref="CoreMLFormatException">A name is given twice.</exception>
    public void Attributes(Func<string, bool> isKnown, Action<string, Value> add)
    {
        if (!tokens.Take('['))
        {
            return;
        }

        tokens.List(']', () =>
        {
            string name = NewName(isKnown, "attribute");
            tokens.Expect('=');
            add(name, values.Read());
        });
    }

    /// <summary>Reads a block: its attributes, if there are any, its operations in braces, and its outputs.</summary>
    public Block Body()
    {
        tokens.Enter();
        tokens.Count(2);
        var block = new Block();
        Attributes(block.Attributes.ContainsKey, block.Attributes.Add);
        tokens.Expect('{');
        while (!tokens.Take('}'))
        {
            block.Operations.Add(Operation());
        }

        tokens.Expect(TextTokenKind.Arrow, "'->'");
        tokens.Expect('(');
        tokens.List(')', () => block.Outputs.Add(tokens.ExpectName()));
        tokens.Leave();
        return block;
    }

    private Operation Operation()
    {
        cancellationToken.ThrowIfCancellationRequested();
        var operation = new Operation();
        tokens.Count(1);

        // An operation without outputs begins with its own name.
        if (!tokens.IsNext('('))
        {
            do
            {
                operation.Outputs.Add(NamedType());
            }
            while (tokens.Take(','));
            tokens.Expect('=');
        }

        operation.Type = tokens.ExpectName();
        tokens.Expect('(');
        tokens.List(')', () =>
        {
            string name = NewName(operation.Inputs.ContainsKey, "parameter");
            tokens.Expect('=');
            operation.InputEntries.Add(new InputEntry { Key = name, Value = Argument() });
        });
        AttributesOf(operation);
        Blocks(operation);
        tokens.Expect(';');
        return operation;
    }

    private void AttributesOf(Operation operation) =>
        Attributes(operation.Attributes.ContainsKey, (name, value) => operation.AttributeEntries.Add(new AttributeEntry { Key = name, Value = value }));

    private void Blocks(Operation operation)
    {
        while (tokens.Is('(') || tokens.Is('{'))
        {
            var inputs = new RepeatedField<NamedValueType>();
            if (tokens.Take('('))
            {
                Inputs(inputs);
            }

            Block block = Body();
            block.Inputs.AddRange(inputs);
            operation.Blocks.Add(block);

            // Whether the compiler puts the operation's attributes before or behind its blocks is not known, so both are read.
            AttributesOf(operation);
            tokens.Take(',');
        }
    }

    private NamedValueType NamedType()
    {
        tokens.Count(1);
        return new NamedValueType { Type = types.Read(), Name = tokens.ExpectName() };
    }

    private string NewName(Func<string, bool> isKnown, string what)
    {
        TextToken token = tokens.Current;
        string name = tokens.ExpectName();
        return isKnown(name) ? throw tokens.Malformed($"the {what} '{name}' is given twice.", token) : name;
    }

    // Several values for one parameter stand in parentheses.
    private Argument Argument()
    {
        tokens.Count(2);
        var argument = new Argument();
        if (tokens.Take('('))
        {
            tokens.List(')', () => argument.Arguments.Add(Bound()));
        }
        else
        {
            argument.Arguments.Add(Bound());
        }

        return argument;
    }

    private Binding Bound()
    {
        tokens.Count(1);
        return types.IsType && (tokens.IsNext('<') || tokens.IsNext('(')) ? new Binding { Value = values.Read() } : new Binding { Name = tokens.ExpectName() };
    }
}
