using System;
using System.Collections.Generic;
using System.Linq;
using CoreMLQuant.Errors;
using CoreMLQuant.Models;
using CoreMLQuant.NeuralNetworks;
using CoreMLQuant.Specification.Schema;
using Google.Protobuf;
using Google.Protobuf.Collections;
using Xunit;

namespace CoreMLQuant.Onnx.Tests;

/// <summary>NeuralNetworks with random damage: whatever is wrong, it is a finding or an error of the format, and never anything else.</summary>
public sealed class DamagedNetworkTests
{
    private const int Rounds = 16;

    private static readonly byte[] TokenStart = [0xC0, 0x4D, 0x51, 0x00];

    [Theory]
    [InlineData("nn_layers", 4)]
    [InlineData("mil_ops", 1)]
    [InlineData("torch_ops", 1)]
    public void Check_DamagedNetwork_IsRefusedInOrder(string archive, int step)
    {
        var escaped = new Dictionary<string, string>(StringComparer.Ordinal);
        int number = 0;
        foreach (RunCase one in RunFixtures.Cases(archive, programs: false).Where((_, index) => index % step == 0))
        {
            using ModelFile file = ModelFile.Open(one.Package());
            for (int round = 0; round < Rounds; round++)
            {
                var random = new Random(++number);
                Model model = file.TakeSpecification();
                string damage = Damage(NetworkLayers.Of(model)!, random);
                Exception? exception = Record.Exception(() => { OnnxTranslator.Try(file, model, new TranslationOptions(), default); });
                if (exception is not (null or CoreMLFormatException))
                {
                    escaped.TryAdd(exception.GetType() + exception.StackTrace!.Split('\n')[0], $"{one.Number}, {damage}: {exception}");
                }
            }
        }

        Assert.True(escaped.Count == 0, string.Join(Environment.NewLine, escaped.Values));
    }

    private static string Damage(RepeatedField<NeuralNetworkLayer> outermost, Random random)
    {
        RepeatedField<NeuralNetworkLayer>[] lists = NetworkLayers.Lists(outermost).Where(list => list.Count > 0).ToArray();
        RepeatedField<NeuralNetworkLayer> layers = lists[random.Next(lists.Length)];
        int index = random.Next(layers.Count);
        NeuralNetworkLayer layer = layers[index], other = layers[random.Next(layers.Count)];
        switch (random.Next(5))
        {
            case 0 when layer.Input.Count > 0:
                layer.Input.RemoveAt(random.Next(layer.Input.Count));
                return $"'{layer.Name}' without an input";
            case 1 when layer.Input.Count > 0 && other.Output.Count > 0:
                layer.Input[random.Next(layer.Input.Count)] = other.Output[0];
                return $"'{layer.Name}' of '{other.Name}'";
            case 2:
                layer.Output.Clear();
                return $"'{layer.Name}' without outputs";
            case 3:
                NeuralNetworkLayer kind = other.Clone();
                kind.Input.Clear();
                kind.Input.Add(layer.Input);
                kind.Output.Clear();
                kind.Output.Add(layer.Output);
                layers[index] = kind;
                return $"'{layer.Name}' of the kind of '{other.Name}'";
            default:
                // A token that stands for a big weight is none of the file's bytes.
                byte[] bytes = layer.ToByteArray();
                if (bytes.AsSpan().IndexOf(TokenStart) >= 0)
                {
                    return "nothing";
                }

                bytes[random.Next(bytes.Length)] ^= (byte)(1 << random.Next(8));
                try
                {
                    layers[index] = NeuralNetworkLayer.Parser.ParseFrom(bytes);
                }
                catch (InvalidProtocolBufferException)
                {
                    layer.Input.Clear();
                }

                return $"'{layer.Name}' with a bit turned";
        }
    }
}
