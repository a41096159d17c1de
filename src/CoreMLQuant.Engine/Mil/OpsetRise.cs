using System;
using System.Collections.Generic;
using System.Linq;
using CoreMLQuant.Elements;
using CoreMLQuant.Models;
using CoreMLQuant.Planning;
using CoreMLQuant.Recipes;
using CoreMLQuant.Specification.Schema;
using Binding = CoreMLQuant.Specification.Schema.Argument.Types.Binding;
using ValueType = CoreMLQuant.Specification.Schema.ValueType;

namespace CoreMLQuant.Mil;

/// <summary>
/// Raises an ML Program to a newer opset when an operation that is to be written needs it. Signatures mostly grow: the
/// parameters that were added get the value that stands for the old behaviour, written out, as coremltools does. Where a
/// signature lost a parameter, the program is refused.
/// </summary>
internal static class OpsetRise
{
    private const int NonNegativeIndices = 7;

    /// <summary>Parameters that an opset added and the values that leave the operation as it was.</summary>
    private static readonly (int Opset, string OperationType, string Parameter, Func<Operation, Value> Value)[] Added =
    [
        (6, "gather", "batch_dims", _ => MilTypes.Integer(0)),
        (6, "gather_nd", "batch_dims", _ => MilTypes.Integer(0)),
        (6, "topk", "sort", _ => Scalars.Flag(true)),
        (6, "topk", "return_indices", _ => Scalars.Flag(true)),
        (6, "crop_resize", "pad_value", crop => Zero(crop.Outputs[0].Type)),
        (7, "gather", "validate_indices", _ => Scalars.Flag(false)),
        (7, "gather_along_axis", "validate_indices", _ => Scalars.Flag(false)),
        (7, "gather_nd", "validate_indices", _ => Scalars.Flag(false)),
        (7, "scatter", "validate_indices", _ => Scalars.Flag(false)),
        (7, "scatter_along_axis", "validate_indices", _ => Scalars.Flag(false)),
        (7, "scatter_nd", "validate_indices", _ => Scalars.Flag(false)),
        (7, "topk", "output_indices_dtype", _ => MilTypes.Text("int32")),
        (7, "reduce_argmax", "output_dtype", _ => MilTypes.Text("int32")),
        (7, "reduce_argmin", "output_dtype", _ => MilTypes.Text("int32")),
    ];

    /// <summary>Parameters that an opset took away.</summary>
    private static readonly (int Opset, string OperationType, string Parameter)[] Removed =
    [
        (7, "crop_resize", "roi"),
        (7, "non_maximum_suppression", "score_threshold"),
        (8, "constexpr_lut_to_dense", "shape"),
        (8, "constexpr_sparse_to_dense", "shape"),
        (8, "constexpr_affine_dequantize", "quantized_data"),
        (8, "constexpr_cast", "source_val"),
    ];

    /// <summary>Raises every function of a stage that is older than an opset, and says so in the plan.</summary>
    /// <param name="builder">The plan.</param>
    /// <param name="stage">A stage of the plan's specification.</param>
    /// <param name="opset">Number of the opset that is needed.</param>
    /// <param name="because">What needs it, for the note.</param>
    /// <exception cref="RecipeException">The recipe does not allow it.</exception>
    public static void To(PlanBuilder builder, PipelineStage stage, int opset, string because)
    {
        string name = Platform.OpsetName(opset);
        OlderBody[] older = OlderBodies(stage.Model.MlProgram, opset);
        if (older.Length > 0)
        {
            builder.RequireUpgrade($"{because} needs", $"opset {name}", $"opset {older[0].Opset}");
        }

        foreach (OlderBody body in Raise(stage.Model.MlProgram, opset))
        {
            builder.Note($"{because} needs opset {name}: the result requires {Platform.RequiredOS(Platform.SpecificationVersionOf(opset))} instead of {Platform.RequiredOS(builder.RequiredVersionBefore)}");
            if (Platform.OpsetNumber(body.Opset) < NonNegativeIndices && opset >= NonNegativeIndices && HasGather(body.Body) && body.Graph().Operations.Any(IsDynamicGather))
            {
                builder.Note($"starting with opset {Platform.OpsetName(NonNegativeIndices)}, gather does not accept negative indices; check that '{body.FunctionName}' does not compute any");
            }
        }

        int version = Platform.SpecificationVersionOf(opset);
        if (stage.Model.SpecificationVersion < version)
        {
            builder.RequireUpgrade($"{because} needs", $"specification version {version}", $"version {stage.Model.SpecificationVersion}");
        }

        builder.RaiseSpecificationVersion(stage.Model, version);
    }

    /// <summary>Raises every body of a program that is older than an opset.</summary>
    /// <param name="program">The program.</param>
    /// <param name="opset">Number of the opset that is needed.</param>
    /// <returns>The bodies that were raised, with the opsets that they had.</returns>
    public static IReadOnlyList<OlderBody> Raise(Program program, int opset)
    {
        string name = Platform.OpsetName(opset);
        var raised = new List<OlderBody>();
        foreach (OlderBody older in OlderBodies(program, opset))
        {
            if (older.Function.BlockSpecializations.ContainsKey(name))
            {
                continue;
            }

            // Most bodies have no operation with a parameter to add, and names need not be known for them.
            var names = new Lazy<UniqueNames>(() => new UniqueNames(older.Graph()));
            AddParameters(older.Body, Platform.OpsetNumber(older.Opset), opset, names);
            older.Function.BlockSpecializations.Remove(older.Opset);
            older.Function.BlockSpecializations.Add(name, older.Body);
            older.Function.Opset = name;
            raised.Add(older);
        }

        return raised;
    }

    // A function that has a body for the opset already keeps its older ones.
    private static OlderBody[] OlderBodies(Program program, int opset) => program.Functions
        .Where(function => !function.Value.BlockSpecializations.ContainsKey(Platform.OpsetName(opset)))
        .SelectMany(function => function.Value.BlockSpecializations, (function, body) => new OlderBody(function.Key, function.Value, body.Key, body.Value))
        .Where(body => Platform.OpsetNumber(body.Opset) is > 0 and var number && number < opset)
        .ToArray();

    /// <summary>Refuses a program that cannot be raised, before anything in it is changed.</summary>
    /// <param name="graphs">The program's bodies.</param>
    /// <param name="opset">Number of the opset that is needed.</param>
    /// <exception cref="RecipeException">An operation has a parameter that the opset does not have any more.</exception>
    public static void Check(IEnumerable<ProgramGraph> graphs, int opset)
    {
        foreach (ProgramGraph graph in graphs.Where(graph => Platform.OpsetNumber(graph.Opset) < opset))
        {
            foreach (OperationNode node in graph.Operations)
            {
                if (Removed.FirstOrDefault(removed =>
                    removed.Opset > Platform.OpsetNumber(graph.Opset)
                    && removed.Opset <= opset
                    && removed.OperationType == node.Type
                    && (node.Message.Inputs.ContainsKey(removed.Parameter) || node.Message.Attributes.ContainsKey(removed.Parameter))) is { OperationType: { } } found)
                {
                    throw new RecipeException(
                        $"{found.OperationType} '{node.Name}' has the parameter '{found.Parameter}', which does not exist as of opset {Platform.OpsetName(found.Opset)}, so the model cannot be raised to {Platform.OpsetName(opset)}.",
                        node.IsConstexpr ? "Expand the model first (Expand-CoreMLModel)." : $"Convert the model again for {Platform.RequiredOS(Platform.SpecificationVersionOf(opset))}.");
                }
            }
        }
    }

    private static bool IsDynamicGather(OperationNode node) =>
        node.Type.StartsWith("gather", StringComparison.Ordinal) && node.Parameter("indices") is null;

    private static bool HasGather(Block block) => block.Operations.Any(operation =>
        operation.Type.StartsWith("gather", StringComparison.Ordinal) || operation.Blocks.Any(HasGather));

    private static void AddParameters(Block block, int from, int to, Lazy<UniqueNames> names)
    {
        for (int i = 0; i < block.Operations.Count; i++)
        {
            Operation operation = block.Operations[i];
            foreach (Block inner in operation.Blocks)
            {
                AddParameters(inner, from, to, names);
            }

            foreach ((_, _, string parameter, Func<Operation, Value> value) in Added.Where(added =>
                added.Opset > from && added.Opset <= to && added.OperationType == operation.Type && !operation.Inputs.ContainsKey(added.Parameter)))
            {
                string name = names.Value.Make($"{operation.Outputs[0].Name}_{parameter}_0");
                block.Operations.Insert(i++, NamedConstant.Of(name, value(operation)));
                operation.Inputs[parameter] = new Argument { Arguments = { new Binding { Name = name } } };
            }
        }
    }

    private static Value Zero(ValueType type) => Scalars.Float(MilTypes.ElementTypeOf(type) == ElementType.Float16 ? ElementType.Float16 : ElementType.Float32, 0);

    /// <summary>A body of a function that is older than an opset.</summary>
    /// <param name="FunctionName">The function's name.</param>
    /// <param name="Function">The function.</param>
    /// <param name="Opset">The opset that it is written in.</param>
    /// <param name="Body">The body.</param>
    internal sealed record OlderBody(string FunctionName, Function Function, string Opset, Block Body)
    {
        /// <summary>The body as it is now, with names resolved.</summary>
        public ProgramGraph Graph() => ProgramGraph.Of(FunctionName, Function, Opset, Body);
    }
}
