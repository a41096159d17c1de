using System.Collections.Generic;
using System.IO;
using System.Linq;
using CoreMLQuant.Conversion;
using CoreMLQuant.Files;
using CoreMLQuant.Mil;
using CoreMLQuant.Models;
using CoreMLQuant.Planning;
using CoreMLQuant.Recipes;
using CoreMLQuant.Specification.Schema;

namespace CoreMLQuant.Tests;

/// <summary>What most engine tests do: convert a model, look into one.</summary>
internal static class EngineRuns
{
    /// <summary>Converts a model into a folder.</summary>
    public static ConversionResult Convert(string source, string destination, CompressionRecipe recipe)
    {
        using ModelFile model = ModelFile.Open(source);
        CompressionPlan plan = ModelCompressor.Plan(model, recipe);
        return ModelCompressor.Run(model, plan, destination, new ConversionOptions());
    }

    /// <summary>Writes a model again with nothing changed; every weight file is laid out anew when asked for.</summary>
    public static void Rewrite(string source, string destination, bool relayWeights)
    {
        using ModelFile model = ModelFile.Open(source);
        var builder = new PlanBuilder(model, new Float16Recipe());
        if (relayWeights)
        {
            foreach (string reference in MilValues.BlobReferences(builder.Specification).Select(value => value.BlobFileValue.FileName).Distinct())
            {
                builder.BlobPlan(reference);
            }
        }

        OutputWriter.Write(builder.Build().Output, destination, 2, null, null, default);
    }

    /// <summary>Operations as <c>type(output types)</c>, constants left out, by function; stages with their index in front.</summary>
    public static Dictionary<string, string[]> Operations(ModelFile model)
    {
        var functions = new Dictionary<string, string[]>();
        PipelineStage[] stages = PipelineStages.Of(model.Specification).ToArray();
        for (int i = 0; i < stages.Length; i++)
        {
            foreach (ProgramGraph graph in ProgramGraph.Of(stages[i].Model.MlProgram))
            {
                functions.Add(stages.Length > 1 ? $"{i}/{graph.FunctionName}" : graph.FunctionName, graph.Operations
                    .Where(operation => !operation.IsConst && !operation.IsConstexpr)
                    .Select(operation => $"{operation.Type}({string.Join(",", operation.Outputs.Select(output => Spelling(output.Declaration.Type)))})")
                    .ToArray());
            }
        }

        return functions;
    }

    /// <summary>Every weight's stored FP16 or FP32 bytes by <c>[stage/]function/name</c>.</summary>
    public static Dictionary<string, byte[]> StoredFloats(ModelFile model)
    {
        var weights = new Dictionary<string, byte[]>();
        PipelineStage[] stages = PipelineStages.Of(model.Specification).ToArray();
        for (int i = 0; i < stages.Length; i++)
        {
            foreach (ProgramGraph graph in ProgramGraph.Of(stages[i].Model.MlProgram))
            {
                foreach (OperationNode operation in graph.Operations.Where(operation => operation.IsConst || operation.Type == "constexpr_cast"))
                {
                    Value? value = operation.IsConst ? operation.ConstValue : operation.Parameter("source_val");
                    if (value is not null && TensorData.Of(model, model.Payloads, value, "test") is { Data: { } data })
                    {
                        weights.Add($"{(stages.Length > 1 ? $"{i}/" : string.Empty)}{graph.FunctionName}/{operation.Outputs[0].Name}", data.ToArray());
                    }
                }
            }
        }

        return weights;
    }

    /// <summary>All files below a folder, or the file itself, by relative path.</summary>
    public static Dictionary<string, byte[]> Contents(string path) => File.Exists(path)
        ? new Dictionary<string, byte[]> { [string.Empty] = File.ReadAllBytes(path) }
        : Directory.EnumerateFiles(path, "*", SearchOption.AllDirectories).ToDictionary(file => Path.GetRelativePath(path, file), File.ReadAllBytes);

    private static string Spelling(ValueType type) => type.TypeCase switch
    {
        ValueType.TypeOneofCase.DictionaryType => "dict",
        ValueType.TypeOneofCase.TensorType => type.TensorType.DataType switch
        {
            DataType.Float16 => "fp16",
            DataType.Float32 => "fp32",
            DataType.String => "string",
            DataType.Int64 => "int64",
            DataType other => other.ToString().ToLowerInvariant(),
        },
        _ => type.TypeCase.ToString(),
    };
}
