using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using CoreMLQuant.Models;
using CoreMLQuant.Onnx.Stages;
using CoreMLQuant.Specification.Schema;
using CoreMLQuant.Specification.Schema.Details;
using Google.Protobuf;
using Xunit;

namespace CoreMLQuant.Onnx.Tests;

public sealed class ComputedStageTests
{
    [Fact]
    public void Run_Scaler_ShiftsThenScales() => Assert.Equal(
        [6.0, 9],
        Numbers(new Model { Scaler = new ScalerDetails { ShiftValue = { 1 }, ScaleValue = { 2, 3 } }.ToByteString() }, Vector(2, 2)));

    [Theory]
    [InlineData(0, 0.75)]
    [InlineData(1, 3.0 / 7)]
    [InlineData(2, 0.6)]
    public void Run_Normalizer_DividesByNorm(int norm, double expected) => Assert.Equal(
        expected, Numbers(new Model { Normalizer = new NormalizerDetails { NormType = norm }.ToByteString() }, Vector(3, 4))[0], 12);

    [Fact]
    public void Run_OneHotOfUnknownCategory_IsErrorUnlessLeftOut()
    {
        var encoder = new OneHotEncoderDetails { StringCategories = new StringLabels { Vector = { "a", "b" } } };
        Assert.Equal([0.0, 1], Numbers(new Model { OneHotEncoder = encoder.ToByteString() }, "b"));
        Assert.Throws<StageException>(() => Numbers(new Model { OneHotEncoder = encoder.ToByteString() }, "c"));
        encoder.HandleUnknown = 1;
        Assert.Equal([0.0, 0], Numbers(new Model { OneHotEncoder = encoder.ToByteString() }, "c"));
    }

    [Fact]
    public void Run_ImputerOfNaN_FillsIn() => Assert.Equal(
        [1.0, 7], Numbers(new Model { Imputer = new ImputerDetails { ImputedDoubleValue = 7 }.ToByteString() }, Vector(1, double.NaN)));

    [Fact]
    public void Run_DictVectorizer_PutsKnownKeysInPlace() => Assert.Equal(
        [0.0, 2], Numbers(
            new Model { DictVectorizer = new DictVectorizerDetails { StringToIndex = new StringLabels { Vector = { "x", "y" } } }.ToByteString() },
            new Dictionary<string, double> { ["y"] = 2, ["z"] = 3 }));

    [Fact]
    public void Run_GlmClassifier_GivesLabelAndProbabilities()
    {
        var model = new GlmClassifierDetails
        {
            Weights = { new DoubleArrayDetails { Value = { 1, -1 } } },
            Offset = { 0.5 },
            StringClassLabels = new StringLabels { Vector = { "no", "yes" } },
        };
        Dictionary<string, object> values = Run(new Model { GlmClassifier = model.ToByteString() }, Vector(2, 1));
        Assert.Equal("yes", values["label"]);
        Assert.Equal(1 / (1 + Math.Exp(-1.5)), ((IReadOnlyDictionary<string, double>)values["probabilities"])["yes"], 12);
    }

    [Fact]
    public void Run_TreeEnsemble_AddsLeaves()
    {
        var ensemble = new TreeEnsembleDetails { NumPredictionDimensions = 1, BasePredictionValue = { 10 } };
        ensemble.Nodes.Add(new TreeNodeDetails { NodeId = 0, NodeBehavior = 1, BranchFeatureIndex = 1, BranchFeatureValue = 5, TrueChildNodeId = 1, FalseChildNodeId = 2 });
        ensemble.Nodes.Add(new TreeNodeDetails { NodeId = 1, NodeBehavior = 6, EvaluationInfo = { new EvaluationDetails { EvaluationValue = 1 } } });
        ensemble.Nodes.Add(new TreeNodeDetails { NodeId = 2, NodeBehavior = 6, EvaluationInfo = { new EvaluationDetails { EvaluationValue = 2 } } });
        var model = new Model { TreeEnsembleRegressor = new TreeEnsembleModelDetails { TreeEnsemble = ensemble }.ToByteString() };
        Assert.Equal([11.0], Numbers(model, Vector(0, 4)));
        Assert.Equal([12.0], Numbers(model, Vector(0, 5)));
    }

    [Fact]
    public void Run_TreeWithCycle_IsError()
    {
        var ensemble = new TreeEnsembleDetails { NumPredictionDimensions = 1 };
        ensemble.Nodes.Add(new TreeNodeDetails { NodeId = 0, NodeBehavior = 0, TrueChildNodeId = 1, FalseChildNodeId = 1 });
        ensemble.Nodes.Add(new TreeNodeDetails { NodeId = 1, NodeBehavior = 0, TrueChildNodeId = 2, FalseChildNodeId = 2 });
        ensemble.Nodes.Add(new TreeNodeDetails { NodeId = 2, NodeBehavior = 0, TrueChildNodeId = 1, FalseChildNodeId = 1 });
        Assert.Throws<StageException>(() => Numbers(new Model { TreeEnsembleRegressor = new TreeEnsembleModelDetails { TreeEnsemble = ensemble }.ToByteString() }, Vector(0)));
    }

    [Fact]
    public void Run_SvmClassifierOfThreeClasses_ProbabilitiesAddUpAndLabelFits()
    {
        var machine = new SvmClassifierParameters
        {
            Kernel = new KernelDetails { LinearKernel = new NoDetails() },
            NumberOfSupportVectorsPerClass = { 1, 1, 1 },
            DenseSupportVectors = new DenseVectorsDetails
            {
                Vectors = { new DenseVectorDetails { Values = { 1, 0 } }, new DenseVectorDetails { Values = { 0, 1 } }, new DenseVectorDetails { Values = { -1, -1 } } },
            },
            Coefficients = { new CoefficientsDetails { Alpha = { 1, -1, -1 } }, new CoefficientsDetails { Alpha = { 1, 1, -1 } } },
            Rho = { 0, 0, 0 },
            ProbA = { -2, -2, -2 },
            ProbB = { 0, 0, 0 },
            Int64ClassLabels = new Int64Labels { Vector = { 10, 20, 30 } },
        };
        Dictionary<string, object> values = Run(new Model { SupportVectorClassifier = machine.ToByteString() }, Vector(0.2, 2));
        Assert.Equal(20L, values["label"]);
        Assert.Equal(1, ((IReadOnlyDictionary<string, double>)values["probabilities"]).Values.Sum(), 9);
    }

    [Fact]
    public void Run_NonMaximumSuppression_KeepsBestOfOverlapping()
    {
        var settings = new SuppressionDetails
        {
            IouThreshold = 0.5,
            ConfidenceThreshold = 0.2,
            ConfidenceInputFeatureName = "c",
            CoordinatesInputFeatureName = "b",
            ConfidenceOutputFeatureName = "c2",
            CoordinatesOutputFeatureName = "b2",
        };
        var values = new Dictionary<string, object>
        {
            ["c"] = new StageArray([0.6, 0.9, 0.5, 0.1], [4, 1]),
            ["b"] = new StageArray([0, 0, 2, 2, 0.1, 0, 2, 2, 9, 9, 2, 2, 20, 20, 1, 1], [4, 4]),
        };
        Stage(new Model { NonMaximumSuppression = settings.ToByteString() }).Run(values);
        Assert.Equal([0.9, 0.5], ((StageArray)values["c2"]).Values);
        Assert.Equal([2, 4], ((StageArray)values["b2"]).Shape);
    }

    [Fact]
    public void Check_PipelineOfNetworks_IsRunnable()
    {
        using ModelFile file = ModelFile.Open(Path.Combine(RunFixtures.Fixtures, "nn_pipeline_classifier/fp32.mlmodel"));
        Assert.Empty(OnnxTranslator.Check(file).NotRunnable);
    }

    private static StageArray Vector(params double[] values) => new(values, [values.Length]);

    private static double[] Numbers(Model model, object input) => ((StageArray)Run(model, input)["y"]).Values;

    private static Dictionary<string, object> Run(Model model, object input)
    {
        var values = new Dictionary<string, object> { ["x"] = input };
        Stage(model).Run(values);
        return values;
    }

    private static ComputedStage Stage(Model model)
    {
        var array = new FeatureType { MultiArrayType = new ArrayFeatureType { Shape = { 2 } } };
        model.Description = new ModelDescription
        {
            Input = { new FeatureDescription { Name = "x", Type = array } },
            Output = { new FeatureDescription { Name = "y", Type = array } },
            PredictedFeatureName = "label",
            PredictedProbabilitiesName = "probabilities",
        };
        using ModelFile file = ModelFile.Open(Path.Combine(RunFixtures.Fixtures, "nn_cnn/fp32.mlmodel"));
        (ComputedStage? stage, string? refusal) = ComputedStages.Find(file, model);
        Assert.Null(refusal);
        return stage!;
    }
}
