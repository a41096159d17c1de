using System;
using System.IO;
using System.Linq;
using CoreMLQuant.Comparison;
using CoreMLQuant.Inspection;
using CoreMLQuant.Models;
using CoreMLQuant.Specification.Schema;
using CoreMLQuant.Tests.Mil;
using Xunit;

namespace CoreMLQuant.Tests.Comparison;

/// <summary>Which weights of two models are the same one.</summary>
public class PairingTests
{
    [Theory]
    [InlineData("w", "w", "fc", "fc", WeightPairing.Name)]
    [InlineData("w", "w_to_fp16", "fc", "fc_cast_fp16", WeightPairing.BaseName)]
    [InlineData("w_to_fp16", "w_to_fp16_palettized", "fc", "fc", WeightPairing.BaseName)]
    [InlineData("w", "w_sparsified_quantized", "fc", "fc", WeightPairing.BaseName)]
    [InlineData("w", "w_palettized_pcs", "fc", "fc", WeightPairing.BaseName)]
    [InlineData("w", "w_1_to_fp16", "fc", "gc", WeightPairing.BaseName)]
    [InlineData("const_3", "const_7", "fc", "fc_cast_fp16", WeightPairing.Consumer)]
    [InlineData("alpha", "beta", "fc", "linear_0", WeightPairing.Position)]
    public void Pair_OfARenamedWeight(string name, string otherName, string consumer, string otherConsumer, WeightPairing expected)
    {
        ModelComparison comparison = Compare(
            model => model.Const(name, Values(0)).Op("linear", consumer, ("x", "x"), ("weight", name)).Output(consumer),
            model => model.Const(otherName, Values(1)).Op("linear", otherConsumer, ("x", "x"), ("weight", otherName)).Output(otherConsumer));
        WeightComparison weight = Assert.Single(comparison.Weights);
        Assert.Equal((name, otherName, expected.ToString()), (weight.Name, weight.DifferenceName, weight.PairedBy));
        Assert.Equal(12, weight.NoiseEnergy);
        Assert.Empty(comparison.Operations);
        Assert.Empty(comparison.OnlyInReference);
        Assert.Empty(comparison.OnlyInDifference);
    }

    [Fact]
    public void Pair_LooksThroughCastsAndRanks()
    {
        ModelComparison comparison = Compare(
            model => model.Const("a", Values(0)).Op("linear", "fc", ("x", "x"), ("weight", "a")).Output("fc"),
            model => model.Const("b", Values(0)).Op("cast", "c", ("x", "b")).Op("expand_dims", "e", ("x", "c")).Op("linear", "fc", ("x", "x"), ("weight", "e")).Output("fc"));
        Assert.Equal(("a", "b", nameof(WeightPairing.Consumer)), Assert.Single(comparison.Weights.Select(weight => (weight.Name, weight.DifferenceName, weight.PairedBy))));
        Assert.Equal(["c", "e"], comparison.Operations.Where(operation => operation.Change == nameof(OperationChange.Added)).Select(operation => operation.Name));
    }

    [Fact]
    public void Pair_ANumberedNameThatMovedOn_ByTheOperationThatUsesIt()
    {
        // Another converter numbered its constants from 1.
        ModelComparison comparison = Compare(
            model => Layers(model, ("const_0", "mul", "m0", 0), ("const_1", "add", "a1", 100)),
            model => Layers(model, ("const_1", "mul", "m0", 0), ("const_2", "add", "a1", 100)));
        Assert.Equal([("const_0", "const_1"), ("const_1", "const_2")], comparison.Weights.Select(weight => (weight.Name, weight.DifferenceName)));
        Assert.All(comparison.Weights, weight => Assert.Equal(double.PositiveInfinity, weight.Snr));
    }

    [Fact]
    public void Pair_InOrder_WhereNothingHasAName()
    {
        ModelComparison comparison = Compare(
            model => Layers(model, ("a", "mul", "m0", 0), ("b", "mul", "m1", 50), ("c", "mul", "m2", 100)),
            model => Layers(model, ("p", "mul", "n0", 0), ("q", "mul", "n1", 50), ("r", "mul", "n2", 100)));
        Assert.Equal(["p", "q", "r"], comparison.Weights.Select(weight => weight.DifferenceName));
        Assert.All(comparison.Weights, weight => Assert.Equal((nameof(WeightPairing.Position), 0), (weight.PairedBy, weight.NoiseEnergy)));
    }

    [Fact]
    public void Pair_SplitAndFoldedConstants_WithEachOfTheirPlaces()
    {
        Action<MilModelBuilder> shared = model => model.Const("w", Values(3)).Op("mul", "m0", ("x", "x"), ("y", "w")).Op("mul", "m1", ("x", "m0"), ("y", "w")).Output("m1");
        Action<MilModelBuilder> split = model => model.Const("w_copy", Values(3)).Const("v_copy", Values(4))
            .Op("mul", "m0", ("x", "x"), ("y", "w_copy")).Op("mul", "m1", ("x", "m0"), ("y", "v_copy")).Output("m1");
        ModelComparison apart = Compare(shared, split);
        Assert.Equal([("w", "w_copy", 0), ("w", "v_copy", 12)], apart.Weights.Select(weight => (weight.Name, weight.DifferenceName, weight.NoiseEnergy)));
        ModelComparison together = Compare(split, shared);
        Assert.Equal([("w_copy", "w", 0), ("v_copy", "w", 12)], together.Weights.Select(weight => (weight.Name, weight.DifferenceName, weight.NoiseEnergy)));
        Assert.All(new[] { apart, together }, comparison => Assert.Empty(comparison.OnlyInReference.Concat(comparison.OnlyInDifference)));
    }

    [Fact]
    public void Unpaired_AreListedWithTheReason()
    {
        ModelComparison comparison = Compare(
            model => Layers(model, ("w", "mul", "m0", 0), ("gone", "add", "a0", 0)),
            model => model.Const("w", Enumerable.Range(0, 16).Select(i => (float)i).ToArray()).Op("mul", "m0", ("x", "x"), ("y", "w")).Output("m0"));
        Assert.Empty(comparison.Weights);
        Assert.Equal(["its counterpart 'w' has the shape [16]", "the other model has no weight with this name or position"], comparison.OnlyInReference.Select(weight => weight.Reason));
        Assert.Equal(["its counterpart 'w' has the shape [12]"], comparison.OnlyInDifference.Select(weight => weight.Reason));
        Assert.Equal((null, null, null), (comparison.Snr, comparison.MinSnr, comparison.WorstWeight));
        Assert.Equal([("a0", nameof(OperationChange.Removed))], comparison.Operations.Select(operation => (operation.Name, operation.Change)));
    }

    [Fact]
    public void Compare_AcrossFormats_ListsEverything()
    {
        using ModelFile program = ModelFile.Open(TestFiles.Fixture("convnet_iOS16", "fp32.mlpackage")), network = ModelFile.Open(TestFiles.Fixture("nn_cnn", "fp32.mlmodel"));
        ModelComparison comparison = ModelComparer.Compare(program, network);
        Assert.Equal(program.GetWeights().Count, comparison.OnlyInReference.Count + comparison.Weights.Select(weight => weight.Name).Distinct().Count());
        Assert.Equal(network.GetWeights().Count, comparison.OnlyInDifference.Count + comparison.Weights.Select(weight => weight.DifferenceName).Distinct().Count());
        Assert.Contains(comparison.Differences, difference => difference is { Kind: "ModelType", Reference: "mlProgram", Difference: "neuralNetwork" });
        Assert.All(comparison.OnlyInReference, weight => Assert.NotEmpty(weight.Reason));
    }

    [Fact]
    public void Compare_TellsWhatChanged()
    {
        using ModelFile reference = ModelFile.Open(TestFiles.Fixture("convnet_iOS16", "fp32.mlpackage")), difference = ModelFile.Open(TestFiles.Fixture("convnet_iOS16", "fp16.mlpackage"));
        ModelComparison comparison = ModelComparer.Compare(reference, difference);
        Assert.Equal(difference.GetWeights().Sum(weight => weight.ByteCount), comparison.Encodings.Single(size => size.Encoding == "Float16").DifferenceSize);
        Assert.Equal(0, comparison.Encodings.Single(size => size.Encoding == "Float16").ReferenceSize);
        OperationDifference conv = comparison.Operations.Single(operation => operation.Name == "conv1");
        Assert.Equal((nameof(OperationChange.Retyped), "conv Float32", "conv Float16"), (conv.Change, conv.ReferenceType, conv.DifferenceType));
        Assert.All(comparison.Operations.Where(operation => operation.Change == nameof(OperationChange.Added)), operation => Assert.StartsWith("cast ", operation.DifferenceType));
        Assert.DoesNotContain(comparison.Operations, operation => operation.Change == nameof(OperationChange.Removed));
        Assert.DoesNotContain(comparison.Differences, property => property.Kind is "Input" or "Output");
        Assert.Equal(comparison.Weights.Min(weight => weight.Snr), comparison.MinSnr);
        Assert.Equal(comparison.MinSnr, comparison.Weights.First(weight => weight.Name == comparison.WorstWeight).Snr);
    }

    [Fact]
    public void Float16_ThatLosesValues_IsTold()
    {
        float[] values = [70000, -1e6f, 1e-9f, -1e-8f, 0, 1, 2, 3, 4, 5, 6, 7];
        using var scratch = new ScratchFolder();
        string source = Layers(new MilModelBuilder(7).Input("x"), values, "w").Write(scratch, "a.mlpackage");
        float[] halves = values.Select(value => Math.Max(-65504, Math.Min(65504, (float)(Half)value))).ToArray();
        string stored = Float16(new MilModelBuilder(7), halves).Write(scratch, "b.mlpackage");
        using ModelFile reference = ModelFile.Open(source), difference = ModelFile.Open(stored);
        WeightComparison weight = ModelComparer.Compare(reference, difference).Weights.Single();
        Assert.Equal((true, 2, true, 2), (weight.Float16Overflow, weight.Float16OverflowCount, weight.Float16Underflow, weight.Float16UnderflowCount));
        Assert.Equal("Float16", weight.DifferenceEncoding);

        // The same values stored in FP32 are no matter of FP16.
        string wide = Layers(new MilModelBuilder(7).Input("x"), halves, "w").Write(scratch, "c.mlpackage");
        using ModelFile single = ModelFile.Open(wide);
        using ModelFile again = ModelFile.Open(source);
        Assert.Equal((0, 0), ModelComparer.Compare(again, single).Weights.Select(found => (found.Float16OverflowCount, found.Float16UnderflowCount)).Single());
    }

    [Fact]
    public void NonFiniteValues_AreLeftOut_AndLostOnesAreInfiniteErrors()
    {
        float[] values = Values(0), lost = Values(0);
        (values[0], lost[0]) = (float.NegativeInfinity, -65504);
        ModelComparison kept = Compare(model => Layers(model, values, "w"), model => Layers(model, lost, "w"));
        Assert.Equal((double.PositiveInfinity, 1, 0), (kept.Weights[0].Snr, kept.Weights[0].ReferenceNonFiniteCount, kept.Weights[0].DifferenceNonFiniteCount));
        lost[3] = float.NaN;
        WeightComparison broken = Compare(model => Layers(model, values, "w"), model => Layers(model, lost, "w")).Weights[0];
        Assert.Equal((double.NegativeInfinity, double.PositiveInfinity, (double?)null, 1), (broken.Snr, broken.MaxError, broken.Cosine, broken.DifferenceNonFiniteCount));
    }

    [Fact]
    public void Compare_CanBeStopped()
    {
        using ModelFile one = ModelFile.Open(TestFiles.Fixture("nn_cnn", "fp32.mlmodel")), other = ModelFile.Open(TestFiles.Fixture("nn_cnn", "fp32.mlmodel"));
        Assert.ThrowsAny<OperationCanceledException>(() => ModelComparer.Compare(one, other, null, new System.Threading.CancellationToken(true)));
    }

    [Theory]
    [InlineData("silero-vad-unified_coremltools_int8.mlpackage", 25)]
    [InlineData("silero-vad-unified_coremltools_palette4.mlpackage", 10)]
    public void Compare_PublishedModelWithWhatCoremltoolsMadeOfIt_PairsEverything(string name, double leastSnr)
    {
        string folder = Path.Combine(TestFiles.Root, "..", "shared", "models");
        if (!Directory.Exists(Path.Combine(folder, name)))
        {
            return;
        }

        using ModelFile reference = ModelFile.Open(Path.Combine(folder, "silero-vad-unified.mlpackage")), difference = ModelFile.Open(Path.Combine(folder, name));
        ModelComparison comparison = ModelComparer.Compare(reference, difference);
        Assert.Empty(comparison.OnlyInReference);
        Assert.Empty(comparison.OnlyInDifference);
        Assert.Equal(difference.GetWeights().Count(weight => weight.Encoding != WeightEncoding.Plain), comparison.Weights.Count(weight => weight.NoiseEnergy > 0));
        Assert.True(comparison.MinSnr > leastSnr, $"{comparison.WorstWeight}: {comparison.MinSnr}");
    }

    private static ModelComparison Compare(Action<MilModelBuilder> reference, Action<MilModelBuilder> difference)
    {
        using var scratch = new ScratchFolder();
        var builders = new[] { new MilModelBuilder(7), new MilModelBuilder(7) };
        reference(builders[0].Input("x"));
        difference(builders[1].Input("x"));
        using ModelFile one = ModelFile.Open(builders[0].Write(scratch, "a.mlpackage")), other = ModelFile.Open(builders[1].Write(scratch, "b.mlpackage"));
        return ModelComparer.Compare(one, other);
    }

    private static float[] Values(float first) => Enumerable.Range(0, 12).Select(i => first + i).ToArray();

    private static MilModelBuilder Layers(MilModelBuilder model, float[] values, string name) =>
        model.Const(name, values).Op("mul", "m0", ("x", "x"), ("y", name)).Output("m0");

    private static void Layers(MilModelBuilder model, params (string Weight, string Type, string Name, float First)[] layers)
    {
        string input = "x";
        foreach ((string weight, string type, string name, float first) in layers)
        {
            model.Const(weight, Values(first)).Op(type, name, ("x", input), ("y", weight));
            input = name;
        }

        model.Output(input);
    }

    private static MilModelBuilder Float16(MilModelBuilder model, float[] values)
    {
        byte[] bytes = values.SelectMany(value => BitConverter.GetBytes(BitConverter.HalfToUInt16Bits((Half)value))).ToArray();
        return model.Input("x", DataType.Float16)
            .Const("w", new Value
            {
                Type = MilModelBuilder.Tensor(DataType.Float16, values.Length),
                ImmediateValue = new Value.Types.ImmediateValue
                {
                    Tensor = new TensorValue { Bytes = new TensorValue.Types.RepeatedBytes { Values = Google.Protobuf.ByteString.CopyFrom(bytes) } },
                },
            })
            .Op("mul", "m0", DataType.Float16, ("x", "x"), ("y", "w"))
            .Output("m0", DataType.Float16);
    }
}
