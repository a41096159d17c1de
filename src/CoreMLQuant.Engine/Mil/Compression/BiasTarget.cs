using System.Linq;
using CoreMLQuant.Coding;
using CoreMLQuant.Elements;
using CoreMLQuant.Files;
using CoreMLQuant.Specification.Schema;
using CoreMLQuant.Tensors;
using Binding = CoreMLQuant.Specification.Schema.Argument.Types.Binding;

namespace CoreMLQuant.Mil.Compression;

/// <summary>The bias beside a weight, which takes the mean of what the errors of the weight change in the output.</summary>
internal sealed class BiasTarget
{
    private readonly OperationNode _consumer;
    private readonly ValueUse? _use;
    private readonly TensorValues? _values;
    private readonly ElementType _type;
    private readonly int _channels;

    private BiasTarget(OperationNode consumer, ValueUse? use, TensorValues? values, ElementType type, int channels)
    {
        _consumer = consumer;
        _use = use;
        _values = values;
        _type = type;
        _channels = channels;
    }

    /// <summary>The constant that holds the bias; <see langword="null"/> where the operation has none, or a literal.</summary>
    public OperationNode? Constant => _use?.Value?.Maker;

    /// <summary>Whether there is a bias already, as a constant or a literal.</summary>
    public bool Exists => _use is not null;

    /// <summary>
    /// The bias of the operation that uses a weight, or the place for one; <see langword="null"/> where the weight has other uses, or the bias is no constant
    /// of this operation alone.
    /// </summary>
    /// <param name="tensors">The program's tensors.</param>
    /// <param name="weight">Makes the weight.</param>
    /// <param name="channels">Number of output channels.</param>
    public static BiasTarget? Of(TensorCatalog tensors, OperationNode weight, long channels)
    {
        ValueNode output = weight.Outputs[0];
        if (output is not { OutputOf.Count: 0, Uses: [{ Parameter: "weight", Consumer: { Type: "linear" or "conv" } consumer }] })
        {
            return null;
        }

        ValueUse[] biases = consumer.Inputs.Where(input => input.Parameter == "bias").ToArray();
        if (biases.Length == 0)
        {
            return new BiasTarget(consumer, null, null, output.ElementType, (int)channels);
        }

        ValueUse bias = biases[0];
        Value? value = bias.Value is null ? bias.Binding.Value
            : bias.Value is { Maker: { IsConst: true } maker, Uses.Count: 1, OutputOf.Count: 0 } ? maker.ConstValue
            : null;
        return value is not null
            && tensors.Find(value, consumer.Name) is { Data: { } data, ElementType: ElementType.Float32 or ElementType.Float16 } found
            && found.ElementCount == channels
                ? new BiasTarget(consumer, bias, new StoredValues(data, found.ElementType, channels), found.ElementType, (int)channels)
                : null;
    }

    /// <summary>Has the bias corrected by the errors of the weight.</summary>
    /// <param name="writer">Edits the program.</param>
    /// <param name="tensors">Makes the value.</param>
    /// <param name="candidate">The weight.</param>
    /// <param name="weight">The weight as it is written.</param>
    /// <param name="form">Names this encoding among those of the same data.</param>
    public void Correct(ConstexprWriter writer, TensorWriter tensors, WeightCandidate candidate, EncodedWeight weight, string form)
    {
        var part = new CorrectedBiasPart(weight, _values, _type, _channels);
        Value value = tensors.Write(candidate.Stored, candidate.Reference, $"{form}/bias", _type, [_channels], part);
        if (_use is not { } use)
        {
            string name = writer.InsertConstant(_consumer.Message, $"{candidate.Site.Name}_bias", value);
            _consumer.Message.Inputs["bias"] = new Argument { Arguments = { new Binding { Name = name } } };
        }
        else if (use.Value is null)
        {
            use.Binding.Value = value;
        }
        else
        {
            use.Value.Maker!.Message.Attributes["val"] = value;
        }
    }
}
