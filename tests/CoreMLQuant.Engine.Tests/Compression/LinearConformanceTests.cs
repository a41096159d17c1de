using System;
using System.IO;
using System.Linq;
using System.Security.Cryptography;
using CoreMLQuant.Compression;
using CoreMLQuant.Mil;
using CoreMLQuant.Models;
using CoreMLQuant.Specification.Schema;
using Xunit;

namespace CoreMLQuant.Tests.Compression;

/// <summary>Linear quantization of every fixture against what coremltools made of the same source.</summary>
public class LinearConformanceTests
{
    private static readonly string[] Sources = ["fp32.mlpackage", "fp16src.mlpackage"];

    public static TheoryData<string, string> Variants
    {
        get
        {
            var data = new TheoryData<string, string>();
            foreach ((string folder, string variant) in Vectors.Variants(variant => RecipeOf(variant) is not null))
            {
                data.Add(folder, variant);
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Variants))]
    public void Quantize_Fixture_HasCoremltoolsIntegersAndScales(string folder, string variant)
    {
        using var scratch = new ScratchFolder();
        string source = Sources.Select(name => TestFiles.Fixture(folder, name)).First(Directory.Exists);
        ConversionResult result = EngineRuns.Convert(source, scratch.Combine("out.mlpackage"), RecipeOf(variant)!);
        using ModelFile ours = ModelFile.Open(result.Path);
        using ModelFile theirs = ModelFile.Open(TestFiles.Fixture(folder, variant));
        Assert.Equal(Quantized(theirs), Quantized(ours));
    }

    /// <summary>Digests of integers, scales and zero points of every quantized weight, by function.</summary>
    private static string[] Quantized(ModelFile model) => PipelineStages.Of(model.Specification)
        .SelectMany(stage => ProgramGraph.Of(stage.Model.MlProgram))
        .SelectMany(graph => graph.Operations.Where(operation => operation.IsConstexpr).Select(operation =>
            $"{graph.FunctionName} {operation.Type}: {string.Join(" ", Parameters(operation).Select(name => $"{name} {Digest(model, operation, name)}"))}"))
        .OrderBy(line => line, StringComparer.Ordinal)
        .ToArray();

    private static string[] Parameters(OperationNode operation) => operation.Type == "constexpr_affine_dequantize"
        ? ["quantized_data", "scale", "zero_point", "axis"]
        : ["data", "scale", "offset"];

    private static string Digest(ModelFile model, OperationNode operation, string parameter)
    {
        Value? value = operation.Parameter(parameter);
        if (value is null)
        {
            return "none";
        }

        string type = $"{MilTypes.ElementTypeOf(value.Type)}[{string.Join(",", MilTypes.ShapeOf(value.Type))}]";
        TensorData data = TensorData.Of(model, model.Payloads, value, operation.Name)!;
        return data.Data is null
            ? $"{type} {value.ImmediateValue.Tensor.Ints}"
            : $"{type} {System.Convert.ToHexString(SHA256.HashData(data.Data.ToArray())).Substring(0, 16)}";
    }

    private static LinearQuantizationRecipe? RecipeOf(string variant)
    {
        string[] words = Path.GetFileNameWithoutExtension(variant).Split('_');
        if (words[0].Length != 5 || words[0][0] != 'q' || words.Contains("merged") || words.Contains("stages"))
        {
            return null;
        }

        var recipe = new LinearQuantizationRecipe
        {
            BitWidth = words[0][1] - '0',
            Mode = words[0].EndsWith("lin", StringComparison.Ordinal) ? QuantizationMode.Affine : QuantizationMode.Symmetric,
        };
        foreach (string word in words.Skip(1))
        {
            recipe = word switch
            {
                "tensor" => recipe with { Granularity = Granularity.PerTensor },
                "channel" => recipe,
                "uint8" or "uint4" => recipe with { Unsigned = true },
                _ when word.StartsWith("thr", StringComparison.Ordinal) => recipe with { MinimumElementCount = long.Parse(word.AsSpan(3)) },
                _ when word.StartsWith("block", StringComparison.Ordinal) => recipe with { Granularity = Granularity.PerBlock, BlockSize = [int.Parse(word.AsSpan(5))] },
                _ => throw new InvalidOperationException(word),
            };
        }

        return recipe;
    }
}
