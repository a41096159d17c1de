using System;
using System.IO;
using System.Linq;
using System.Security.Cryptography;
using CoreMLQuant.Conversion;
using CoreMLQuant.Mil;
using CoreMLQuant.Models;
using CoreMLQuant.Recipes;
using CoreMLQuant.Specification.Schema;
using Xunit;

namespace CoreMLQuant.Tests.Conversion;

/// <summary>Linear quantization of every FP32 fixture, bit by bit, against what coremltools made of the same source.</summary>
public class LinearConformanceTests
{
    private const string Source = "fp32.mlpackage";

    public static TheoryData<string, string> Variants
    {
        get
        {
            var data = new TheoryData<string, string>();
            foreach ((string folder, string variant) in Vectors.Variants(variant => VariantRecipes.Of(variant) is [LinearQuantizationRecipe] && !variant.StartsWith("src_", StringComparison.Ordinal))
                .Where(found => Directory.Exists(TestFiles.Fixture(found.Folder, Source))))
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
        ConversionResult result = EngineRuns.Convert(TestFiles.Fixture(folder, Source), scratch.Combine("out.mlpackage"), VariantRecipes.Recipe(variant));
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
}
