using System.Collections.Generic;
using System.Linq;
using CoreMLQuant.Compression;
using CoreMLQuant.Models;
using CoreMLQuant.Specification.Schema;
using Binding = CoreMLQuant.Specification.Schema.Argument.Types.Binding;

namespace CoreMLQuant.Mil;

/// <summary>
/// Raises an ML Program to a newer opset when an operation that is to be written needs it. Signatures only grow from
/// CoreML5 to CoreML6: the parameters that were added get the value that stands for the old behaviour, written
/// out, as coremltools does.
/// </summary>
internal static class OpsetRise
{
    private const int CoreML6 = 6;

    /// <summary>Parameters that CoreML6 added and the values that leave the operation as it was.</summary>
    private static readonly (string OperationType, string Parameter, System.Func<Operation, Value> Value)[] AddedByCoreML6 =
    [
        ("gather", "batch_dims", _ => Integer(0)),
        ("gather_nd", "batch_dims", _ => Integer(0)),
        ("topk", "sort", _ => True()),
        ("topk", "return_indices", _ => True()),
        ("crop_resize", "pad_value", crop => Zero(crop.Outputs[0].Type.TensorType.DataType)),
    ];

    /// <summary>Raises every function of a stage that is older than CoreML6, and says so in the plan.</summary>
    /// <param name="builder">The plan.</param>
    /// <param name="stage">A stage of the plan's specification.</param>
    /// <param name="because">What needs it, for the note.</param>
    public static void ToCoreML6(PlanBuilder builder, PipelineStage stage, string because)
    {
        string opset = Platform.OpsetName(CoreML6);
        ProgramGraph[] graphs = ProgramGraph.Of(stage.Model.MlProgram).ToArray();
        foreach (Function function in stage.Model.MlProgram.Functions.Values)
        {
            foreach (KeyValuePair<string, Block> body in function.BlockSpecializations.ToArray())
            {
                int number = Platform.OpsetNumber(body.Key);
                if (number is 0 or >= CoreML6 || function.BlockSpecializations.ContainsKey(opset))
                {
                    continue;
                }

                AddParameters(body.Value, new UniqueNames(graphs.First(graph => ReferenceEquals(graph.Body, body.Value))));
                function.BlockSpecializations.Remove(body.Key);
                function.BlockSpecializations.Add(opset, body.Value);
                function.Opset = opset;
                builder.Note($"{because} needs opset {opset}: the result requires {Platform.RequiredOS(Platform.SpecificationVersionOf(CoreML6))} instead of {Platform.RequiredOS(builder.SpecificationVersionBefore)}");
            }
        }

        builder.RaiseSpecificationVersion(stage.Model, Platform.SpecificationVersionOf(CoreML6));
    }

    private static void AddParameters(Block block, UniqueNames names)
    {
        for (int i = 0; i < block.Operations.Count; i++)
        {
            Operation operation = block.Operations[i];
            foreach (Block inner in operation.Blocks)
            {
                AddParameters(inner, names);
            }

            foreach ((_, string parameter, System.Func<Operation, Value> value) in AddedByCoreML6.Where(added => added.OperationType == operation.Type && !operation.Inputs.ContainsKey(added.Parameter)))
            {
                string name = names.Make($"{operation.Outputs[0].Name}_{parameter}_0");
                Value constant = value(operation);
                block.Operations.Insert(i++, new Operation
                {
                    Type = "const",
                    Outputs = { new NamedValueType { Name = name, Type = constant.Type.Clone() } },
                    Attributes = { ["name"] = MilTypes.Text(name), ["val"] = constant },
                });
                operation.Inputs[parameter] = new Argument { Arguments = { new Binding { Name = name } } };
            }
        }
    }

    private static Value Integer(int number) => Scalar(DataType.Int32, new TensorValue { Ints = new TensorValue.Types.RepeatedInts { Values = { number } } });

    private static Value True() => Scalar(DataType.Bool, new TensorValue { Bools = new TensorValue.Types.RepeatedBools { Values = { true } } });

    private static Value Zero(DataType type) => type == DataType.Float16
        ? Scalar(type, new TensorValue { Bytes = new TensorValue.Types.RepeatedBytes { Values = Google.Protobuf.ByteString.CopyFrom(0, 0) } })
        : Scalar(DataType.Float32, new TensorValue { Floats = new TensorValue.Types.RepeatedFloats { Values = Google.Protobuf.ByteString.CopyFrom(0, 0, 0, 0) } });

    private static Value Scalar(DataType type, TensorValue value) => new()
    {
        Type = new ValueType { TensorType = new TensorType { DataType = type } },
        ImmediateValue = new Value.Types.ImmediateValue { Tensor = value },
    };
}
