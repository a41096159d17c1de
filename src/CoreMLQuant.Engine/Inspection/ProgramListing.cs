using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using CoreMLQuant.Mil;
using CoreMLQuant.Models;
using CoreMLQuant.Recipes;
using CoreMLQuant.Specification;
using CoreMLQuant.Specification.Text;
using Schema = CoreMLQuant.Specification.Schema;

namespace CoreMLQuant.Inspection;

/// <summary>Shows the programs of a model: as text, or operation by operation.</summary>
internal static class ProgramListing
{
    // Settings are shown where they are used; weights by their names.
    private const int MaxShownElements = 16;

    /// <summary>The text of each program: one for a model, one for each stage of a pipeline that is a program.</summary>
    public static IEnumerable<string> Texts(ModelFile file, NamePatterns functions) =>
        from stage in Programs(file)
        let program = Only(stage.Model.MlProgram, functions)
        where program.Functions.Count > 0
        select Text(program, file.Payloads);

    /// <summary>The operations in their order, those of blocks behind the operation that has them.</summary>
    public static IEnumerable<ProgramOperation> Operations(ModelFile file, NamePatterns functions) =>
        from stage in Programs(file)
        from graph in ProgramGraph.Of(Only(stage.Model.MlProgram, functions))
        let blocks = Blocks(graph)
        from operation in graph.Operations
        where !operation.IsConst
        select new ProgramOperation
        {
            ModelPath = file.Path,
            Stage = stage.Name,
            Function = graph.FunctionName,
            Opset = graph.Opset,
            Block = blocks.TryGetValue(operation.Block, out string? owner) ? owner : string.Empty,
            OpType = operation.Type,
            Name = MilTypes.NameOf(operation.Message),
            Inputs = [.. Inputs(operation, file.Payloads), .. Attributes(operation, file.Payloads)],
            Outputs = operation.Outputs.Select(output => new ProgramValue(output.Name, TypeWriter.Write(output.Declaration.Type))).ToArray(),
        };

    private static IEnumerable<PipelineStage> Programs(ModelFile file) =>
        PipelineStages.Of(file.Specification).Where(stage => stage.Model.TypeCase == Schema.Model.TypeOneofCase.MlProgram);

    private static Schema.Program Only(Schema.Program program, NamePatterns functions)
    {
        if (functions.IsEmpty)
        {
            return program;
        }

        var some = new Schema.Program { Version = program.Version };
        some.Attributes.Add(program.Attributes);
        foreach (KeyValuePair<string, Schema.Function> function in program.Functions.Where(function => functions.First(function.Key) is not null))
        {
            some.Functions.Add(function.Key, function.Value);
        }

        return some;
    }

    private static string Text(Schema.Program program, DetachedPayloads payloads)
    {
        var text = new StringWriter(CultureInfo.InvariantCulture);
        ProgramWriter.Write(program, payloads, text);
        return text.ToString();
    }

    private static Dictionary<Schema.Block, string> Blocks(ProgramGraph graph)
    {
        var owners = new Dictionary<Schema.Block, string>(MessageIdentity<Schema.Block>.Instance);
        foreach (Schema.Operation operation in graph.Operations.Select(operation => operation.Message))
        {
            foreach (Schema.Block block in operation.Blocks)
            {
                owners[block] = MilTypes.NameOf(operation);
            }
        }

        return owners;
    }

    private static IEnumerable<ProgramArgument> Inputs(OperationNode operation, DetachedPayloads payloads) => operation.Inputs
        .GroupBy(use => use.Parameter)
        .Select(uses => (uses.Key, Values: uses.Select(use => Shown(use, payloads)).ToArray()))
        .Select(argument => new ProgramArgument(argument.Key, argument.Values.Length == 1 ? argument.Values[0] : $"({string.Join(", ", argument.Values)})"));

    // Opsets up to CoreML7 give compressed constants their parts as attributes.
    private static IEnumerable<ProgramArgument> Attributes(OperationNode operation, DetachedPayloads payloads) => operation.Message.Attributes
        .Where(attribute => attribute.Key != "name")
        .Select(attribute => new ProgramArgument(attribute.Key, Shown(attribute.Value, payloads)));

    private static string Shown(ValueUse use, DetachedPayloads payloads) => use.Value?.Maker is { IsConst: true, ConstValue: { } constant } && IsSmall(constant) ? Shown(constant, payloads)
        : use.Binding.Value is { } value ? Shown(value, payloads)
        : use.Binding.Name;

    private static string Shown(Schema.Value value, DetachedPayloads payloads) => IsSmall(value) ? ProgramWriter.Literal(value, payloads) : TypeWriter.Write(value.Type);

    private static bool IsSmall(Schema.Value value) => value.BlobFileValue is null && MilTypes.ElementCount(value.Type) is <= MaxShownElements;
}
