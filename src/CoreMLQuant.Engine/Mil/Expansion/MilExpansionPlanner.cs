using System.Collections.Generic;
using System.Linq;
using System.Threading;
using CoreMLQuant.Coding;
using CoreMLQuant.Elements;
using CoreMLQuant.Mil.Compression;
using CoreMLQuant.Mil.Decoding;
using CoreMLQuant.Mil.Weights;
using CoreMLQuant.Models;
using CoreMLQuant.Planning;
using CoreMLQuant.Recipes;
using CoreMLQuant.Specification.Schema;

namespace CoreMLQuant.Mil.Expansion;

/// <summary>
/// Plans an ML Program whose compressed constants are plain again: the operation keeps its name, its output and its place;
/// operations and data that only it used go. Versions stay, as older operations do nothing but leave newer systems unused.
/// </summary>
internal sealed class MilExpansionPlanner
{
    private readonly PlanBuilder _builder;
    private readonly PipelineStage _stage;
    private readonly ExpansionPrecision _precision;
    private readonly TensorCatalog _tensors;
    private readonly TensorWriter _writer;
    private readonly Dictionary<(string File, long Offset, string Form), ValuesPart> _parts = [];

    private MilExpansionPlanner(PlanBuilder builder, PipelineStage stage, ExpansionPrecision precision)
    {
        _builder = builder;
        _stage = stage;
        _precision = precision;
        _tensors = new TensorCatalog(builder.Source, builder.Payloads);
        _writer = new TensorWriter(builder);
    }

    /// <summary>Edits a stage of the plan's specification and records what becomes of each weight.</summary>
    /// <exception cref="Errors.CoreMLFormatException">A compressed constant cannot be decoded.</exception>
    public static void Plan(PlanBuilder builder, PipelineStage stage, ExpansionPrecision precision, CancellationToken cancellationToken)
    {
        var planner = new MilExpansionPlanner(builder, stage, precision);
        foreach (ProgramGraph graph in ProgramGraph.Of(stage.Model.MlProgram).ToArray())
        {
            planner.Plan(graph, cancellationToken);
        }
    }

    private void Plan(ProgramGraph graph, CancellationToken cancellationToken)
    {
        var weights = new List<(WeightSite Site, CompressedConstant? Constant, string Reason)>();
        foreach (OperationNode node in graph.Operations)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (MilWeights.SiteOf(_tensors, _stage.Name, graph, node) is { } site)
            {
                string? reason = WhyNot(node, site, out DecodedWeight? decoded);
                weights.Add((site, decoded is null ? null : new CompressedConstant(node, site, decoded), reason ?? string.Empty));
            }
        }

        CompressedConstant[] constants = weights.Select(weight => weight.Constant).OfType<CompressedConstant>().ToArray();
        if (_precision != ExpansionPrecision.Source)
        {
            new ExpansionTypes(graph, _precision == ExpansionPrecision.Float16 ? ElementType.Float16 : ElementType.Float32).Decide(constants, cancellationToken);
        }

        // Everything is known of all of them before the first one is changed.
        string[] forms = constants.Select(constant => constant.Form).ToArray();
        OperationNode[] inner = constants.SelectMany(constant => MilWeights.Nest(constant.Node)).Except(constants.Select(constant => constant.Node)).ToArray();
        int next = 0;
        foreach ((WeightSite site, CompressedConstant? constant, string reason) in weights)
        {
            _builder.Add(constant is null
                ? new WeightPlan(site, WeightAction.Skip, WeightEncodings.Describe(site), site.ByteCount, reason)
                : Expand(constant, forms[next++]));
        }

        UnusedConstants.Remove(graph, inner);
    }

    private string? WhyNot(OperationNode node, WeightSite site, out DecodedWeight? decoded)
    {
        decoded = null;
        string? pattern = _builder.Rules.Reason([site.Name, .. node.Outputs[0].Uses.SelectMany(use => new[] { use.Consumer.Type, use.Consumer.Name })]);
        if (BrokenWeight.Why(node) is { } broken)
        {
            return broken;
        }

        if (node.IsConst)
        {
            return "is not compressed";
        }

        if (pattern is not null || node.Outputs.Count != 1)
        {
            return pattern ?? $"{node.Type} does not produce a dense weight";
        }

        decoded = WeightDecoder.Decode(_tensors, node.Outputs[0]);
        return decoded is null ? $"{node.Type} is not known" : null;
    }

    private WeightPlan Expand(CompressedConstant constant, string form)
    {
        (Value reference, TensorData stored) = Place(constant.Node);
        (string File, long Offset, string Form) key = (stored.File?.RelativePath ?? string.Empty, stored.RecordOffset, form);
        if (stored.File is null || !_parts.TryGetValue(key, out ValuesPart? part))
        {
            part = new ValuesPart(constant.Weight.Values, constant.Target, constant.Site.ByteCount);
            _parts[key] = part;
        }

        Value value = _writer.Write(stored, reference, form, constant.Target, constant.Weight.Shape, part);
        Operation operation = constant.Node.Message;
        operation.Outputs[0].Type = MilTypes.With(operation.Outputs[0].Type, constant.Target.ToDataType());
        PlainConstant.Turn(operation, value);
        WeightSite after = constant.Site with { ElementType = constant.Target, StorageType = constant.Target, Encoding = WeightEncoding.Plain };
        return new WeightPlan(constant.Site, WeightAction.Convert, WeightEncodings.Describe(after), part.Length, constant.Remark) { Part = part };
    }

    // The first part that stands in a weight file, so that a big weight does not end up in the specification.
    private (Value Value, TensorData Data) Place(OperationNode node)
    {
        (Value Value, TensorData Data)[] parts = MilWeights.Parts(node)
            .Select(value => (value, _tensors.Find(value, node.Outputs[0].Name)!))
            .Where(part => part.Item2 is not null)
            .ToArray();
        return parts.FirstOrDefault(part => part.Data.File is not null) is { Data: not null } inFile ? inFile : parts[0];
    }
}
