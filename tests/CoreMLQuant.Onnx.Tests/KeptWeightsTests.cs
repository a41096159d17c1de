using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using CoreMLQuant.Files;
using CoreMLQuant.Models;
using CoreMLQuant.Onnx.Files;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using Xunit;

namespace CoreMLQuant.Onnx.Tests;

/// <summary>Weights that stay compressed: a smaller file that computes the same.</summary>
public sealed class KeptWeightsTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("CoreMLQuant-kept-").FullName;

    [Theory]
    [InlineData("convnet_iOS16/q8lin.mlpackage", "DequantizeLinear", 0.45)]
    [InlineData("convnet_iOS16/q8lin_tensor.mlpackage", "DequantizeLinear", 0.45)]
    [InlineData("convnet_iOS16/q8sym_uint8.mlpackage", "DequantizeLinear", 0.45)]
    [InlineData("convnet_iOS16/pal1_kmeans.mlpackage", "Gather", 0.3)]
    [InlineData("convnet_iOS16/pal4_kmeans.mlpackage", "Gather", 0.3)]
    [InlineData("convnet_iOS16/pal6_kmeans.mlpackage", "Gather", 0.45)]
    [InlineData("convnet_iOS16/fp16.mlpackage", "Cast", 0.65)]
    [InlineData("convnet_iOS18/pal4_group8_axis0.mlpackage", "Gather", 0.4)]
    [InlineData("convnet_iOS18/pal4_group16.mlpackage", "Gather", 0.4)]
    [InlineData("convnet_iOS18/joint_pal4_q8lut.mlpackage", "Gather", 0.4)]
    [InlineData("convnet_iOS18/q4lin_uint4_block32.mlpackage", "DequantizeLinear", 0.55)]
    [InlineData("convnet_iOS18/q4sym_block32.mlpackage", "DequantizeLinear", 0.55)]
    [InlineData("convnet_iOS18/q4sym_channel.mlpackage", "DequantizeLinear", 0.4)]
    [InlineData("convnet_iOS18/q4sym_tensor.mlpackage", "DequantizeLinear", 0.4)]
    [InlineData("convnet_iOS18/q8lin_uint8.mlpackage", "DequantizeLinear", 0.45)]
    [InlineData("convnet_iOS18/q8sym_block32.mlpackage", "DequantizeLinear", 0.65)]
    public void Save_KeptCompressed_IsSmallerAndComputesTheSame(string fixture, string operation, double largestShare)
    {
        using ModelFile file = ModelFile.Open(Path.Combine(RunFixtures.Fixtures, fixture));
        (OnnxTranslation decoded, string decodedPath) = Save(file, new TranslationOptions(), "decoded");
        (OnnxTranslation kept, string keptPath) = Save(file, new TranslationOptions { KeepsCompressed = true }, "kept");

        Assert.Contains(kept.Model.Graph.Node, node => node.OpType == operation);
        Assert.InRange(new FileInfo(keptPath).Length, 1, largestShare * new FileInfo(decodedPath).Length);
        Dictionary<string, float[]> expected = Run(decodedPath, decoded), actual = Run(keptPath, kept);
        Assert.Equal(expected.Keys, actual.Keys);
        foreach ((string name, float[] values) in expected)
        {
            float tolerance = 1e-5f * Math.Max(1e-3f, values.Max(Math.Abs));
            Assert.All(values.Zip(actual[name]), pair => Assert.Equal(pair.First, pair.Second, tolerance));
        }
    }

    [Theory]
    [InlineData("convnet_iOS16/q8lin.mlpackage", 18)]
    [InlineData("convnet_iOS18/q4sym_channel.mlpackage", 21)]
    [InlineData("convnet_iOS18/q8sym_block32.mlpackage", 21)]
    public void Translate_KeptCompressed_RaisesOpsetOnlyWhenNeeded(string fixture, int expected)
    {
        using ModelFile file = ModelFile.Open(Path.Combine(RunFixtures.Fixtures, fixture));

        Assert.Equal(expected, OnnxTranslator.Translate(file, new TranslationOptions { KeepsCompressed = true, Opset = 18 }).Opset);
    }

    [Theory]
    [InlineData("convnet_iOS16/prune_mag50.mlpackage")]
    [InlineData("convnet_iOS18/pal4_vec2.mlpackage")]
    [InlineData("convnet_iOS18/joint_prune50_q4.mlpackage")]
    public void Translate_CompressionWithoutForm_IsDecoded(string fixture)
    {
        using ModelFile file = ModelFile.Open(Path.Combine(RunFixtures.Fixtures, fixture));
        (OnnxTranslation kept, string path) = Save(file, new TranslationOptions { KeepsCompressed = true }, "kept");

        Assert.Contains(kept.DecodedWeights, weight => weight.TensorType == OnnxTensorType.Float);
        Assert.NotEmpty(Run(path, kept));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private (OnnxTranslation Translation, string Path) Save(ModelFile file, TranslationOptions options, string name)
    {
        OnnxTranslation translation = OnnxTranslator.Translate(file, options);
        return (translation, OnnxModelFile.Save(file, translation, Path.Combine(_folder, name + OnnxModelFile.Extension), new OutputOptions()).Path);
    }

    private static Dictionary<string, float[]> Run(string path, OnnxTranslation translation)
    {
        using var options = new SessionOptions { IntraOpNumThreads = 1, LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR };
        using var session = new InferenceSession(path, options);
        var random = new Random(1);
        NamedOnnxValue[] inputs = translation.Inputs.Select(input => NamedOnnxValue.CreateFromTensor(input.TensorName, Draw(random, input))).ToArray();
        using IDisposableReadOnlyCollection<DisposableNamedOnnxValue> results = session.Run(inputs);
        return results.ToDictionary(result => result.Name, result => result.AsTensor<float>().ToArray());
    }

    private static DenseTensor<float> Draw(Random random, OnnxFeature input)
    {
        int[] shape = input.Shape.Select(dimension => (int)Math.Max(1, dimension.Size)).ToArray();
        return new DenseTensor<float>(Enumerable.Range(0, shape.Aggregate(1, (product, size) => product * size)).Select(_ => (float)random.NextDouble()).ToArray(), shape);
    }
}
