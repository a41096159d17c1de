using System;
using System.IO;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using CoreMLQuant.Specification;
using CoreMLQuant.Specification.Schema;
using Google.Protobuf;
using Xunit;

namespace CoreMLQuant.Tests.Specification;

/// <summary>Messages can be made of a structure again, whether it stays in memory or is read again.</summary>
public sealed class ModelStructureTests : IDisposable
{
    private readonly ScratchFolder _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Theory]
    [InlineData(100)]
    [InlineData(SpecificationCondenser.LongestPooled + 100)]
    public void Parse_SeveralTimesAtOnce_GivesTheSameMessages(int length)
    {
        byte[] weights = Enumerable.Range(0, 5000).Select(value => (byte)value).ToArray();
        using ModelStructure structure = Write(length, weights);
        var models = new Model[4];
        Parallel.For(0, models.Length, i => models[i] = structure.Parse());
        foreach (Model model in models)
        {
            Assert.Equal(length, model.Description.Metadata.Author.Length);
            Assert.Equal(models[0], model);
            Assert.Equal(weights, structure.Payloads.Resolve(model.NeuralNetwork.Layers[0].InnerProduct.Weights.FloatValue).ToArray());
        }
    }

    [Theory]
    [InlineData(100)]
    [InlineData(SpecificationCondenser.LongestPooled + 100)]
    public void Parse_Disposed_Throws(int length)
    {
        ModelStructure structure = Write(length, []);
        structure.Parse();
        structure.Dispose();
        structure.Dispose();
        Assert.Throws<ObjectDisposedException>(() => structure.Parse());
    }

    private ModelStructure Write(int length, byte[] weights)
    {
        var model = new Model
        {
            SpecificationVersion = 4,
            Description = new ModelDescription { Metadata = new Metadata { Author = new string('a', length) } },
            NeuralNetwork = new NeuralNetwork
            {
                Layers = { new NeuralNetworkLayer { InnerProduct = new InnerProductLayerParams { Weights = new WeightParams { FloatValue = ByteString.CopyFrom(weights) } } } },
            },
        };
        File.WriteAllBytes(_scratch.Combine("m.mlmodel"), model.ToByteArray());
        return ModelStructure.Read(_scratch.Combine("m.mlmodel"), CancellationToken.None);
    }
}
