using System.Collections.Generic;
using System.Linq;
using CoreMLQuant.Editing;
using CoreMLQuant.Editing.Names;
using CoreMLQuant.Runtime.Tests.Support;
using CoreMLQuant.Specification.Schema;
using CoreMLQuant.Specification.Schema.Details;
using Xunit;

namespace CoreMLQuant.Runtime.Tests.Editing;

/// <summary>
/// Renaming: what coremltools' rename_feature does for the outermost operations of one function, and what its issues ask for beyond that (nested blocks,
/// several functions, pipelines, classifiers, training inputs).
/// </summary>
public sealed class RenameTests
{
    public static TheoryData<string> Models => new(
        "convnet_iOS15/fp32.mlpackage",
        "convnet_iOS16/pal4_kmeans.mlpackage",
        "image_classifier_str/fp32.mlpackage",
        "gpt_tiny_iOS18/fp32.mlpackage",
        "flex_range/fp32.mlpackage",
        "control_flow_iOS16/fp32.mlpackage",
        "lstm_iOS18/fp32.mlpackage",
        "multifunction_iOS18/fp32.mlpackage",
        "pipeline_mlprogram/fp32.mlpackage",
        "nn_cnn/fp32.mlmodel",
        "nn_cnn_classifier/linear8.mlmodel",
        "nn_control/fp32.mlmodel",
        "nn_embeds/fp32.mlmodel",
        "nn_rnns/fp32.mlmodel",
        "nn_pipeline/fp32.mlmodel",
        "nn_pipeline_classifier/fp32.mlmodel",
        "photo_classifier/fp32.mlmodel");

    public static TheoryData<string> Others => new("nn_updatable/fp32.mlmodel", "stateful_iOS18/fp16src.mlpackage");

    [Theory]
    [MemberData(nameof(Models))]
    public void Rename_EveryFeature_ComputesTheSame(string fixture)
    {
        using var folder = new TestFolder();
        string source = Repository.Fixture(fixture);
        ModelEdits edits = RenameAll(source);
        string edited = EditedModel.Edit(folder, source, edits);
        Assert.Equal(edits.InputNames.Values, FeatureNames.InputsOf(EditedModel.Specification(edited)));
        Assert.Equal(edits.OutputNames.Values, FeatureNames.OutputsOf(EditedModel.Specification(edited)));
        Assert.Equal(EditedModel.Outputs(source, source, name => name), EditedModel.Outputs(edited, source, name => edits.InputNames[name]));
    }

    [Theory]
    [MemberData(nameof(Models))]
    [MemberData(nameof(Others))]
    public void Rename_ThereAndBack_IsTheSameSpecification(string fixture)
    {
        using var folder = new TestFolder();
        string source = Repository.Fixture(fixture);
        ModelEdits edits = RenameAll(source);
        string edited = EditedModel.Edit(folder, source, edits);
        Assert.NotEqual(EditedModel.Specification(source), EditedModel.Specification(edited));
        string back = EditedModel.Edit(folder, edited, new ModelEdits { InputNames = Reversed(edits.InputNames), OutputNames = Reversed(edits.OutputNames) }, "back");
        Assert.Equal(EditedModel.Specification(source), EditedModel.Specification(back));
    }

    [Fact]
    public void Rename_TwoInputs_CanExchangeTheirNames()
    {
        using var folder = new TestFolder();
        string source = SmallModels.Subtraction(folder);
        string edited = EditedModel.Edit(folder, source, new ModelEdits { InputNames = Map(("a", "b"), ("b", "a")) });
        Assert.Equal(["b", "a"], FeatureNames.InputsOf(EditedModel.Specification(edited)));
        Assert.Equal(
            EditedModel.Outputs(source, source, name => name),
            EditedModel.Outputs(edited, source, name => name == "a" ? "b" : "a"));
    }

    [Fact]
    public void Rename_Function_ChangesProgramDescriptionAndDefault()
    {
        using var folder = new TestFolder();
        string source = Repository.Fixture("multifunction_iOS18/fp32.mlpackage");
        Model before = EditedModel.Specification(source);
        string[] names = before.MlProgram.Functions.Keys.ToArray();
        string edited = EditedModel.Edit(folder, source, new ModelEdits { FunctionNames = names.ToDictionary(name => name, name => name + "_new") });
        Model after = EditedModel.Specification(edited);
        Assert.Equal(names.Select(name => name + "_new"), after.MlProgram.Functions.Keys);
        Assert.Equal(before.Description.DefaultFunctionName + "_new", after.Description.DefaultFunctionName);
        Assert.Equal(before.Description.Functions.Select(function => function.Name + "_new"), after.Description.Functions.Select(function => function.Name));
        Assert.Equal(
            EditedModel.Outputs(source, source, name => name, names[1], names[1]),
            EditedModel.Outputs(edited, source, name => name, names[1] + "_new", names[1]));
    }

    [Fact]
    public void Rename_NetworkWithPreprocessingAndLosses_NamesThemInBoth()
    {
        using var folder = new TestFolder();
        string source = SmallModels.ScaledImage(folder);
        string edited = EditedModel.Edit(folder, source, new ModelEdits { InputNames = Map(("image", "photo")), OutputNames = Map(("y", "scores")) });
        NeuralNetwork network = EditedModel.Specification(edited).NeuralNetwork;
        PreprocessingDetails step = PreprocessingDetails.Parser.ParseFrom(Assert.Single(network.Preprocessing));
        Assert.Equal("photo", step.FeatureName);
        Assert.Equal(0.5f, step.Scaler.ChannelScale);
        Assert.Equal(EditedModel.Outputs(source, source, name => name), EditedModel.Outputs(edited, source, _ => "photo"));
    }

    [Fact]
    public void Rename_TrainingInputs_ReachTheLosses()
    {
        using var folder = new TestFolder();
        string edited = EditedModel.Edit(folder, SmallModels.Trained(folder), new ModelEdits { InputNames = Map(("x", "given"), ("wanted", "target")), OutputNames = Map(("y", "made")) });
        Model after = EditedModel.Specification(edited);
        Assert.Equal(["given", "target"], after.Description.TrainingInput.Select(input => input.Name));
        LossEndsDetails loss = UpdateDetails.Parser.ParseFrom(after.NeuralNetwork.UpdateParams).LossLayers[0].MeanSquaredErrorLossLayer;
        Assert.Equal(("made", "target"), (loss.Input, loss.Target));
    }

    [Fact]
    public void Rename_OutputThatIsTrained_RenamesItsTrainingInput()
    {
        using var folder = new TestFolder();
        Model after = EditedModel.Specification(EditedModel.Edit(folder, Repository.Fixture("nn_updatable/fp32.mlmodel"), new ModelEdits { OutputNames = Map(("label", "animal")) }));
        Assert.Equal("animal", after.Description.PredictedFeatureName);
        Assert.Contains(after.Description.TrainingInput, input => input.Name == "animal");
        Assert.DoesNotContain("label", FeatureNames.InputsOf(after));
    }

    [Fact]
    public void Rename_StageOfAPipelineThatSuppressesBoxes_KeepsTheWiring()
    {
        using var folder = new TestFolder();
        string source = SmallModels.Detector(folder);
        string edited = EditedModel.Edit(folder, source, new ModelEdits
        {
            InputNames = Map(("iouThreshold", "overlap"), ("image", "photo")),
            OutputNames = Map(("confidence", "scores"), ("coordinates", "boxes")),
        });
        Model suppression = EditedModel.Specification(edited).Pipeline.Models[1];
        SuppressionDetails details = SuppressionDetails.Parser.ParseFrom(suppression.NonMaximumSuppression);
        Assert.Equal(("overlap", "confidenceThreshold", "scores", "boxes"), (details.IouThresholdInputFeatureName, details.ConfidenceThresholdInputFeatureName, details.ConfidenceOutputFeatureName, details.CoordinatesOutputFeatureName));

        // What the network hands on keeps its name: it is no output of the pipeline.
        Assert.Equal(("raw_confidence", "raw_coordinates"), (details.ConfidenceInputFeatureName, details.CoordinatesInputFeatureName));
        Assert.Equal(["photo"], FeatureNames.InputsOf(EditedModel.Specification(edited).Pipeline.Models[0]));
    }

    [Theory]
    [InlineData("convnet_iOS15/fp32.mlpackage", "1st")]
    [InlineData("convnet_iOS15/fp32.mlpackage", "two words")]
    [InlineData("convnet_iOS15/fp32.mlpackage", "")]
    [InlineData("nn_cnn/fp32.mlmodel", " ")]
    [InlineData("nn_cnn/fp32.mlmodel", "a\tb")]
    public void Rename_ToAnInvalidName_IsRefused(string fixture, string name)
    {
        string source = Repository.Fixture(fixture);
        string input = FeatureNames.InputsOf(EditedModel.Specification(source)).First();
        Assert.Contains("not a valid name", EditedModel.Refusal(source, new ModelEdits { InputNames = Map((input, name)) }));
    }

    [Theory]
    [InlineData("convnet_iOS15/fp32.mlpackage", "already has")]
    [InlineData("nn_cnn/fp32.mlmodel", "already has")]
    [InlineData("nn_pipeline/fp32.mlmodel", "already has")]
    [InlineData("pipeline_mlprogram/fp32.mlpackage", "already has")]
    public void Rename_ToTheNameOfAnotherFeature_IsRefused(string fixture, string message)
    {
        string source = Repository.Fixture(fixture);
        Model model = EditedModel.Specification(source);
        Assert.Contains(message, EditedModel.Refusal(source, new ModelEdits { InputNames = Map((FeatureNames.InputsOf(model).First(), FeatureNames.OutputsOf(model).First())) }));
    }

    [Fact]
    public void Rename_ToTheNameOfAValueInside_IsRefused()
    {
        using var folder = new TestFolder();
        string source = SmallModels.Subtraction(folder);
        Assert.Contains("operation sub", EditedModel.Refusal(source, new ModelEdits { InputNames = Map(("a", "difference")) }));
        Assert.Contains("several features", EditedModel.Refusal(source, new ModelEdits { InputNames = Map(("a", "c"), ("b", "c")) }));
        Assert.Contains("Did you mean 'a'?", EditedModel.Refusal(source, new ModelEdits { InputNames = Map(("A", "c")) }));
        Assert.Contains("always called 'main'", EditedModel.Refusal(source, new ModelEdits { FunctionNames = Map(("main", "other")) }));
    }

    [Fact]
    public void RenameFunction_ToATakenOrWrongName_IsRefused()
    {
        string source = Repository.Fixture("multifunction_iOS18/fp32.mlpackage");
        string[] names = EditedModel.Specification(source).MlProgram.Functions.Keys.ToArray();
        Assert.Contains("already has a function", EditedModel.Refusal(source, new ModelEdits { FunctionNames = Map((names[0], names[1])) }));
        Assert.Contains("not a valid name", EditedModel.Refusal(source, new ModelEdits { FunctionNames = Map((names[0], "a-b")) }));
        Assert.Contains("no function 'none'", EditedModel.Refusal(source, new ModelEdits { FunctionNames = Map(("none", "any")) }));
        Assert.Contains("not an ML Program", EditedModel.Refusal(Repository.Fixture("nn_cnn/fp32.mlmodel"), new ModelEdits { FunctionNames = Map(("main", "any")) }));
    }

    private static ModelEdits RenameAll(string source)
    {
        Model model = EditedModel.Specification(source);
        return new ModelEdits
        {
            InputNames = FeatureNames.InputsOf(model).Select((name, i) => (name, $"given_{i}")).ToDictionary(pair => pair.name, pair => pair.Item2),
            OutputNames = FeatureNames.OutputsOf(model).Except(FeatureNames.InputsOf(model)).Select((name, i) => (name, $"made_{i}")).ToDictionary(pair => pair.name, pair => pair.Item2),
        };
    }

    private static Dictionary<string, string> Reversed(IReadOnlyDictionary<string, string> map) => map.ToDictionary(pair => pair.Value, pair => pair.Key);

    private static Dictionary<string, string> Map(params (string Old, string New)[] names) => names.ToDictionary(pair => pair.Old, pair => pair.New);
}
