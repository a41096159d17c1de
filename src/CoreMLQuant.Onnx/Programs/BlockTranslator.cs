using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using CoreMLQuant.Elements;
using CoreMLQuant.Errors;
using CoreMLQuant.Mil;
using CoreMLQuant.Models;
using CoreMLQuant.Onnx.Graphs;
using CoreMLQuant.Running;
using CoreMLQuant.Specification;
using CoreMLQuant.Specification.Schema;
using ValueType = CoreMLQuant.Specification.Schema.ValueType;

namespace CoreMLQuant.Onnx.Programs;

/// <summary>Translates the operations of a function's body and of the blocks inside it; remembers those that have no translation and goes on.</summary>
internal sealed class BlockTranslator
{
    // A loop's condition is written twice, so one in a condition four times, and so on.
    private const int MostRepeated = 256;

    private readonly TranslationOptions _options;
    private readonly TensorNames _names;
    private readonly string _place;
    private readonly string _modelPath;
    private readonly long _mostTranslated;
    private long _translated;
    private readonly CancellationToken _cancellationToken;
    private readonly ILookup<Block, OperationNode> _operations;
    private readonly ILookup<Block, ValueNode> _inputs;
    private readonly ILookup<Block, ValueNode> _outputs;
    private readonly List<NotRunnableOperation> _notRunnable = [];

    /// <summary>Prepares for a function.</summary>
    public BlockTranslator(
        string modelPath, ProgramGraph program, ProgramConstants constants, TensorNames names, TranslationOptions options, CancellationToken cancellationToken)
    {
        _options = options;
        _names = names;
        _cancellationToken = cancellationToken;
        _place = $"function '{program.FunctionName}'";
        Constants = constants;
        NestedTaps = NestedTaps.Of(program, options.NestedValues);
        _modelPath = modelPath;
        _mostTranslated = (MostRepeated * (long)program.Operations.Count) + 1;
        ProgramOpset = Platform.OpsetNumber(program.Opset);
        _operations = program.Operations.ToLookup(operation => operation.Block, MessageIdentity<Block>.Instance);
        _inputs = program.Values.Where(value => value.Maker is null).ToLookup(value => value.Block, MessageIdentity<Block>.Instance);
        _outputs = program.Values.SelectMany(value => value.OutputOf, (value, block) => (value, block)).ToLookup(
            pair => pair.block, pair => pair.value, MessageIdentity<Block>.Instance);
    }

    /// <summary>The program's constants.</summary>
    public ProgramConstants Constants { get; }

    /// <summary>Values inside of branches and loops that are handed out.</summary>
    public NestedTaps NestedTaps { get; }

    /// <summary>Number of the program's opset, 7 for CoreML7.</summary>
    public int ProgramOpset { get; }

    /// <summary>What has no translation, in the program's order.</summary>
    public IReadOnlyList<NotRunnableOperation> NotRunnable => _notRunnable;

    /// <summary>Translates a block in a scope that knows its inputs.</summary>
    public void Translate(Block block, ProgramScope scope)
    {
        foreach (OperationNode operation in _operations[block])
        {
            _cancellationToken.ThrowIfCancellationRequested();
            if (++_translated > _mostTranslated)
            {
                throw new CoreMLFormatException(
                    FormatRule.NestingTooDeep, _modelPath, "loops stand in the conditions of loops, so deep that each operation would be written hundreds of times.", location: _place);
            }

            if (!operation.IsConst && !operation.IsConstexpr)
            {
                Translate(operation, scope);
            }
        }
    }

    /// <summary>Translates a block inside an operation.</summary>
    /// <param name="block">The block.</param>
    /// <param name="scope">A new scope.</param>
    /// <param name="inputs">What its inputs are.</param>
    /// <returns>Its outputs.</returns>
    public IReadOnlyList<OnnxValue> Translate(Block block, ProgramScope scope, IReadOnlyList<OnnxValue> inputs)
    {
        ValueNode[] declared = _inputs[block].ToArray();
        if (declared.Length != inputs.Count)
        {
            throw new NotTranslatableException($"one of its blocks takes {declared.Length} values and gets {inputs.Count}.");
        }

        for (int i = 0; i < declared.Length; i++)
        {
            scope.Define(declared[i], inputs[i]);
        }

        string origin = scope.Graph.Origin;
        Translate(block, scope);
        scope.Graph.Origin = origin;
        return OutputsOf(block).Select(value => Tensor(value, scope)).ToArray();
    }

    /// <summary>The values that a block gives out, in its order.</summary>
    public IReadOnlyList<ValueNode> OutputsOf(Block block) => block.Outputs
        .Select(name => _outputs[block].FirstOrDefault(value => value.Name == name)
            ?? throw new NotTranslatableException($"a block gives out '{name}', which nothing in it makes."))
        .ToArray();

    /// <summary>The states that a block or one inside it writes.</summary>
    public IReadOnlyList<ValueNode> StatesWritten(Block block) => _operations[block]
        .SelectMany(operation => operation.Message.Blocks.SelectMany(StatesWritten)
            .Concat(operation.Type is "write_state" or "coreml_update_state"
                ? operation.Inputs.Where(input => input.Parameter is "input" or "state").Select(input => input.Value).OfType<ValueNode>()
                : []))
        .Distinct().ToArray();

    /// <summary>A value of the program as a tensor.</summary>
    public OnnxValue Tensor(ValueNode value, ProgramScope scope) => scope.Find(value) ?? Constants.Find(value)
        ?? throw new NotTranslatableException($"it uses '{value.Name}', which is no tensor of numbers.");

    private void Translate(OperationNode operation, ProgramScope scope)
    {
        scope.Graph.Origin = operation.Name;
        try
        {
            OperationForm form = OperationForms.Find(operation.Type)
                ?? throw new NotTranslatableException("there is no translation for operations of this type.");
            if (form.SinceOpset > _options.Opset)
            {
                throw new NotTranslatableException($"it needs opset {form.SinceOpset} of ONNX; {_options.Opset} was asked for.");
            }

            IReadOnlyList<OnnxValue> results = form.Translate(new OperationContext(operation, scope, this));
            for (int i = 0; i < Math.Min(results.Count, operation.Outputs.Count); i++)
            {
                Define(operation.Outputs[i], results[i], form, scope);
            }
        }
        catch (NotTranslatableException exception)
        {
            Refuse(operation, exception.Message, scope);
        }
        catch (OverflowException)
        {
            Refuse(operation, "its sizes go beyond all that can be counted.", scope);
        }
    }

    private void Define(ValueNode output, OnnxValue result, OperationForm form, ProgramScope scope)
    {
        ValueType? element = output.Declaration.Type?.ListType?.Type;
        ElementType type = element is null ? output.ElementType : MilTypes.ElementTypeOf(element);
        OnnxValue tensor = scope.Graph.Cast(result, type.ToOnnx());
        if (type == ElementType.Float16 && _options.Arithmetic == RunArithmetic.Program && !form.IsExact)
        {
            tensor = scope.Graph.RoundedToHalf(tensor);
        }

        // A list's type is that of its elements, without the axis that counts them.
        if (element is null)
        {
            tensor.Declare(MilTypes.ShapeOf(output.Declaration.Type));
        }

        ShapeArithmetic.ElementCount(tensor.Shape);
        scope.Define(output, tensor);
        if (tensor.Maker?.Origin == scope.Graph.Origin)
        {
            _names.Give(tensor, output.Name);
        }
    }

    private void Refuse(OperationNode operation, string reason, ProgramScope scope)
    {
        _notRunnable.Add(new NotRunnableOperation(operation.Name, operation.Type, _place, reason));

        // What comes after it is still looked at, with stand-ins.
        foreach (ValueNode output in operation.Outputs)
        {
            OnnxTensorType type = output.ElementType is ElementType.Unknown or ElementType.String ? OnnxTensorType.Float : output.ElementType.ToOnnx();
            scope.Define(output, new OnnxValue(type, MilTypes.ShapeOf(output.Declaration.Type)));
        }
    }
}
