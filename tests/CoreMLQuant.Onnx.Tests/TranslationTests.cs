using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using CoreMLQuant.Elements;
using CoreMLQuant.Errors;
using CoreMLQuant.Models;
using CoreMLQuant.Specification.Schema;
using Xunit;

namespace CoreMLQuant.Onnx.Tests;

/// <summary>What a translation says about itself, and how it refuses.</summary>
public sealed class TranslationTests
{
    [Fact]
    public void Translate_PlainFP32Weights_StayInWeightFile()
    {
        using ModelFile file = Open("convnet_iOS15/fp32.mlpackage");

        OnnxTranslation translation = OnnxTranslator.Translate(file);

        Assert.NotEmpty(translation.StoredWeights);
        Assert.Empty(translation.DecodedWeights);
        Assert.All(translation.StoredWeights, weight => Assert.Equal(0, weight.Offset % 64));
        Assert.True(translation.ToBytes().Length < 100_000);
    }

    [Fact]
    public void Translate_CompressedWeights_AreDecodedAsEngineDecodesThem()
    {
        using ModelFile file = Open("convnet_iOS16/pal4_kmeans.mlpackage");

        OnnxTranslation translation = OnnxTranslator.Translate(file);

        DecodedOnnxWeight weight = translation.DecodedWeights[0];
        byte[] whole = new byte[weight.ByteCount], parts = new byte[weight.ByteCount];
        weight.Read(0, whole);
        long half = weight.Count / 2;
        weight.Read(half, parts.AsSpan((int)half * 4));
        weight.Read(0, parts.AsSpan(0, (int)half * 4));
        Assert.Equal(whole, parts);
        Assert.Equal(weight.Count, weight.Shape.Aggregate(1L, (product, size) => product * size));
    }

    [Fact]
    public void Translate_Classifier_GivesProbabilitiesAndLabels()
    {
        using ModelFile file = Open("image_classifier_str/fp32.mlpackage");

        OnnxTranslation translation = OnnxTranslator.Translate(file);

        OnnxClassifier classifier = Assert.IsType<OnnxClassifier>(translation.Classifier);
        Assert.False(classifier.HasNumberLabels);
        Assert.NotEmpty(classifier.Labels);
        Assert.DoesNotContain(translation.Outputs, output => output.Name == classifier.PredictedFeatureName);
        Assert.Contains(translation.Model.Graph.Output, output => output.Name == classifier.ProbabilitiesTensor);
        Assert.NotNull(Assert.Single(translation.Inputs).Image);
    }

    [Fact]
    public void Translate_States_GoInAndOut()
    {
        using ModelFile file = Open("stateful_iOS18/fp16src.mlpackage");
        OnnxTranslation translation = OnnxTranslator.Translate(file);

        Assert.NotEmpty(translation.States);
        Assert.All(translation.States, state => Assert.Contains(translation.Model.Graph.Input, input => input.Name == state.InputTensor));
        Assert.All(translation.States, state => Assert.Contains(translation.Model.Graph.Output, output => output.Name == state.OutputTensor));
    }

    [Fact]
    public void Translate_FlexibleShape_IsSymbolic()
    {
        using ModelFile file = Open("flex_range/fp32.mlpackage");

        OnnxDimension[] flexible = OnnxTranslator.Translate(file).Inputs.SelectMany(input => input.Shape).Where(dimension => dimension.IsFlexible).ToArray();

        Assert.NotEmpty(flexible);
        Assert.All(flexible, dimension => Assert.InRange(dimension.Size, dimension.LowerBound, dimension.UpperBound < 0 ? long.MaxValue : dimension.UpperBound));
    }

    [Fact]
    public void Translate_Taps_BecomeOutputs()
    {
        using ModelFile file = Open("convnet_iOS15/fp32.mlpackage");
        OnnxTranslation translation = OnnxTranslator.Translate(file);
        using var session = new OnnxSession(translation, translation.Taps);

        Dictionary<string, (long[] Shape, double[] Values)> results = session.Run(translation.Inputs.ToDictionary(
            input => input.Name, input => new NpyArray("f4", input.Shape.Select(dimension => dimension.Size).ToArray(), new double[input.Shape.Aggregate(1L, (product, dimension) => product * dimension.Size)])));

        Assert.All(translation.Taps, tap => Assert.Equal(tap.Shape, results[tap.TensorName].Shape));
    }

    [Fact]
    public void Translate_Nodes_LeadBackToOperations()
    {
        using ModelFile file = Open("convnet_iOS15/fp32.mlpackage");
        OnnxTranslation translation = OnnxTranslator.Translate(file);

        string[] operations = translation.Taps.Select(tap => tap.Operation).Append(string.Empty).ToArray();

        Assert.All(translation.Model.Graph.Node, node => Assert.Contains(translation.OperationOf(node.Name), operations));
    }

    [Fact]
    public void Translate_SameModelTwice_GivesSameBytes()
    {
        using ModelFile file = Open("lstm_iOS18/fp16.mlpackage");

        Assert.Equal(OnnxTranslator.Translate(file).ToBytes(), OnnxTranslator.Translate(file).ToBytes());
    }

    [Theory]
    [InlineData(18)]
    [InlineData(19)]
    [InlineData(20)]
    [InlineData(22)]
    public void Translate_OtherOpset_LoadsInSession(int opset)
    {
        using ModelFile file = Open("gpt_tiny_iOS18/fp32.mlpackage");
        OnnxTranslation translation = OnnxTranslator.Translate(file, new TranslationOptions { Opset = opset });
        using var session = new OnnxSession(translation);

        Assert.Equal(opset, translation.Opset);
    }

    [Fact]
    public void Translate_UnknownOpsetOrFunction_IsArgumentError()
    {
        using ModelFile file = Open("convnet_iOS15/fp32.mlpackage");

        Assert.Throws<ArgumentException>(() => OnnxTranslator.Translate(file, new TranslationOptions { Opset = 12 }));
        Assert.Contains("'main'", Assert.Throws<ArgumentException>(() => OnnxTranslator.Translate(file, new TranslationOptions { Function = "other" })).Message);
    }

    [Fact]
    public void Check_UnknownOperationsAndMissingParameters_NamesEach()
    {
        RunnabilityReport report = CheckChanged(operations =>
        {
            operations[0].Type = "of_tomorrow";
            operations[1].InputEntries.Clear();
        });

        Assert.Equal(2, report.NotRunnable.Count(operation => operation.Reason.Contains("no translation for operations of this type") || operation.Reason.Contains("is missing")));
        Assert.All(report.NotRunnable, operation => Assert.False(string.IsNullOrEmpty(operation.Name)));
        Assert.Contains(report.NotRunnable, operation => operation is { Type: "of_tomorrow", Place: "function 'main'" });
    }

    [Fact]
    public void Check_CycleOfOperations_IsNamed()
    {
        RunnabilityReport report = CheckChanged(operations =>
            operations[0].Inputs["x"].Arguments[0].Name = operations[operations.Count - 1].Outputs[0].Name);

        Assert.Contains(report.NotRunnable, operation => operation.Reason.Contains("nothing before it makes"));
    }

    [Fact]
    public void Check_ShapeBeyondAllCounting_IsRefused()
    {
        RunnabilityReport report = CheckChanged(operations =>
        {
            Operation operation = operations[0];
            operation.Type = "fill";
            operation.InputEntries.Clear();
            var argument = new Argument();
            argument.Arguments.Add(new Argument.Types.Binding
            {
                Value = new Value
                {
                    Type = Mil.MilTypes.Tensor(ElementType.Int32, [3]),
                    ImmediateValue = new Value.Types.ImmediateValue
                    {
                        Tensor = new TensorValue { Ints = new TensorValue.Types.RepeatedInts { Values = { int.MaxValue, int.MaxValue, int.MaxValue } } },
                    },
                },
            });
            operation.Inputs["shape"] = argument;
        });

        Assert.Contains(report.NotRunnable, operation => operation.Type == "fill" && operation.Reason.Contains("more elements than can be counted"));
    }

    [Fact]
    public void Check_LoopsInConditionsOfLoops_AreBounded()
    {
        using ModelFile file = Open("control_flow_iOS16/fp32.mlpackage");
        Model model = file.TakeSpecification();
        Operation loop = model.MlProgram.Functions["main"].BlockSpecializations.Values.Single().Operations.First(operation => operation.Type == "while_loop");
        Operation plain = loop.Clone(), outermost = loop;
        for (int depth = 0; depth < 40; depth++)
        {
            Operation inner = plain.Clone();
            outermost.Blocks[0].Operations.Insert(0, inner);
            outermost = inner;
        }

        Assert.Equal(FormatRule.NestingTooDeep, Assert.Throws<CoreMLFormatException>(() => { OnnxTranslator.Try(file, model, new TranslationOptions(), default); }).Rule);
    }

    private static RunnabilityReport CheckChanged(Action<IReadOnlyList<Operation>> change)
    {
        using ModelFile file = Open("convnet_iOS15/fp32.mlpackage");
        Model model = file.TakeSpecification();
        change(model.MlProgram.Functions["main"].BlockSpecializations.Values.Single().Operations.Where(operation => operation.Type != "const").ToArray());
        return OnnxTranslator.Try(file, model, new TranslationOptions(), default).Report;
    }

    private static ModelFile Open(string fixture) => ModelFile.Open(Path.Combine(RunFixtures.Fixtures, fixture));
}
