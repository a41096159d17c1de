using System.Collections.Generic;
using System.Linq;
using CoreMLQuant.Models;
using CoreMLQuant.Onnx;
using CoreMLQuant.Running;
using CoreMLQuant.Runtime.Tests.Support;
using CoreMLQuant.Specification.Schema;
using CoreMLQuant.Specification.Schema.Details;
using Google.Protobuf;
using Xunit;

namespace CoreMLQuant.Runtime.Tests.Sessions;

/// <summary>Pipelines whose stages are arithmetic, as Create ML and scikit-learn's converters write them.</summary>
public sealed class PipelineTests
{
    [Fact]
    public void Run_ScalerAndClassifier_EachTakesWhatTheOneBeforeGives()
    {
        using var folder = new TestFolder();
        string path = Save(folder, "yes", "no");
        using IRunnableModel model = Repository.Runtime.Open(path, new RunSettings());
        ModelRun run = model.Run(new RunSample("one", new Dictionary<string, object> { ["x"] = new MultiArray(new[] { 1.0, 2.0 }, [2]) }));

        // ((1 + 1) * 2, (2 + 1) * 3) . (1, -1) + 0.5 = -4.5
        Assert.Equal("no", run.Label);
        Assert.Equal(1 / (1 + System.Math.Exp(4.5)), run.TopClasses.Single(item => item.Label == "yes").Probability, 12);
        using ModelFile file = ModelFile.Open(path);
        Assert.True(OnnxTranslator.Check(file).IsRunnable);
    }

    private static string Save(TestFolder folder, string positive, string negative)
    {
        var scaler = new Model
        {
            SpecificationVersion = 1,
            Description = new ModelDescription { Input = { Vector("x") }, Output = { Vector("scaled") } },
            Scaler = new ScalerDetails { ShiftValue = { 1 }, ScaleValue = { 2, 3 } }.ToByteString(),
        };
        var classifier = new Model
        {
            SpecificationVersion = 1,
            Description = Labelled(Vector("scaled")),
            GlmClassifier = new GlmClassifierDetails
            {
                Weights = { new DoubleArrayDetails { Value = { 1, -1 } } },
                Offset = { 0.5 },
                StringClassLabels = new StringLabels { Vector = { negative, positive } },
            }.ToByteString(),
        };
        var model = new Model
        {
            SpecificationVersion = 1,
            Description = Labelled(Vector("x")),
            PipelineClassifier = new PipelineClassifier { Pipeline = new Pipeline { Models = { scaler, classifier }, Names = { "scaler", "classifier" } } },
        };
        return folder.Write("pipeline.mlmodel", model.ToByteArray());
    }

    private static ModelDescription Labelled(FeatureDescription input) => new()
    {
        Input = { input },
        Output =
        {
            new FeatureDescription { Name = "label", Type = new FeatureType { StringType = ByteString.Empty } },
            new FeatureDescription { Name = "probabilities", Type = new FeatureType { DictionaryType = new DictionaryFeatureType { StringKeyType = ByteString.Empty } } },
        },
        PredictedFeatureName = "label",
        PredictedProbabilitiesName = "probabilities",
    };

    private static FeatureDescription Vector(string name) => new()
    {
        Name = name,
        Type = new FeatureType { MultiArrayType = new ArrayFeatureType { Shape = { 2 }, DataType = ArrayFeatureType.Types.ArrayDataType.Double } },
    };
}
