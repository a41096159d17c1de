using System;
using System.Collections.Generic;
using System.Linq;
using CoreMLQuant.Editing;
using CoreMLQuant.Editing.Plans;
using CoreMLQuant.Editing.Types;
using CoreMLQuant.Models;
using CoreMLQuant.Running;
using CoreMLQuant.Runtime.Tests.Support;
using CoreMLQuant.Specification.Schema;
using Xunit;
using ArrayDataType = CoreMLQuant.Specification.Schema.ArrayFeatureType.Types.ArrayDataType;

namespace CoreMLQuant.Runtime.Tests.Editing;

/// <summary>Types and shapes of inputs and outputs: what is computed stays what it was.</summary>
public sealed class TypeTests
{
    private const string Program = "convnet_iOS15/fp32.mlpackage", Network = "nn_cnn/fp32.mlmodel";

    [Fact]
    public void Type_ElementsOfAProgram_HaveACastBehindThem()
    {
        using var folder = new TestFolder();
        string source = SmallModels.Subtraction(folder);
        string edited = EditedModel.Edit(folder, source, new ModelEdits { InputTypes = Map(("a", "Float16"), ("b", "Int32")), OutputTypes = Map(("y", "Float16")) });
        Model model = EditedModel.Specification(edited);
        Assert.Equal([ArrayDataType.Float16, ArrayDataType.Int32], model.Description.Input.Select(input => input.Type.MultiArrayType.DataType));
        Assert.Equal([Mil(model).Inputs[0].Type.TensorType.DataType, Mil(model).Inputs[1].Type.TensorType.DataType], [DataType.Float16, DataType.Int32]);
        Dictionary<string, object> values = new() { ["a"] = new MultiArray(new[] { 1f, 2.5f, -3f }, [3]), ["b"] = new MultiArray(new[] { 4, 5, 6 }, [3]) };
        Assert.Equal(Run(source, values), Run(edited, values));
    }

    [Fact]
    public void Type_Float16OfAnOlderOpset_RaisesItAndSaysSo()
    {
        using var folder = new TestFolder();
        using ModelFile file = ModelFile.Open(Repository.Fixture(Program));
        EditPlan plan = ModelEditor.Plan(file, new ModelEdits { OutputTypes = Map(("probs", "Float16")) });
        Assert.Contains(plan.Changes, change => change is { What: "opset", From: "CoreML5", To: "CoreML6" });
        Assert.Equal((6, 7), (plan.RequiredVersionBefore, plan.RequiredVersionAfter));
        Model model = EditedModel.Specification(EditedModel.Edit(folder, Repository.Fixture(Program), new ModelEdits { OutputTypes = Map(("probs", "Float16")) }));
        Assert.Equal("CoreML6", Mil(model).Opset);
        Assert.Equal(Assert.Single(Mil(model).BlockSpecializations).Key, Mil(model).Opset);
    }

    [Theory]
    [InlineData(Program)]
    [InlineData("convnet_iOS18/fp32.mlpackage")]
    public void Type_ArrayOfAProgramAsAnImage_ComputesTheSameOfScaledPixels(string fixture)
    {
        using var folder = new TestFolder();
        string source = Repository.Fixture(fixture);
        string edited = EditedModel.Edit(folder, source, new ModelEdits { InputTypes = Map(("image", "Image:RGB,32x32,scale=1/255,bias=[-0.5,-0.25,0.125]")) });
        ImageFeatureType image = EditedModel.Specification(edited).Description.Input[0].Type.ImageType;
        Assert.Equal((32, 32, ImageFeatureType.Types.ColorSpace.Rgb), (image.Width, image.Height, image.ColorSpace));
        CompareScaled(source, edited, "image", [1, 3, 32, 32], [-0.5f, -0.25f, 0.125f]);

        // And back: the scale is part of the program by now.
        string back = EditedModel.Edit(folder, edited, new ModelEdits { InputTypes = Map(("image", "Float32")) }, "back");
        Assert.Equal([1, 3, 32, 32], EditedModel.Specification(back).Description.Input[0].Type.MultiArrayType.Shape);
        CompareScaled(source, back, "image", [1, 3, 32, 32], [-0.5f, -0.25f, 0.125f]);
    }

    [Fact]
    public void Type_ArrayOfANetworkAsAnImage_ScalesInThePreprocessing_AndBackInALayer()
    {
        using var folder = new TestFolder();
        string source = Repository.Fixture("photo_classifier/fp32.mlmodel");
        string array = EditedModel.Edit(folder, source, new ModelEdits { InputTypes = Map(("image", "Float32")) }, "array");
        Assert.Equal([3, 32, 32], EditedModel.Specification(array).Description.Input[0].Type.MultiArrayType.Shape);
        Assert.Empty(EditedModel.Specification(array).NeuralNetworkClassifier.Preprocessing);
        float[] pixels = Pixels(3 * 32 * 32);
        Assert.Equal(
            Run(source, new() { ["image"] = new MultiArray(pixels, [3, 32, 32]) }).Select(Rounded),
            Run(array, new() { ["image"] = new MultiArray(pixels, [3, 32, 32]) }).Select(Rounded));
        string image = EditedModel.Edit(folder, array, new ModelEdits { InputTypes = Map(("image", "Image BGR scale=0.5 bias=[1,2,3]")) }, "image");
        Assert.Single(EditedModel.Specification(image).NeuralNetworkClassifier.Preprocessing);
        CompareScaled(array, image, "image", [3, 32, 32], [1, 2, 3], 0.5f);
    }

    [Fact]
    public void Type_OutputOfAProgramAsAnImage_IsScaledOnItsWayOut()
    {
        using var folder = new TestFolder();
        string source = SmallModels.Planes(folder);
        string edited = EditedModel.Edit(folder, source, new ModelEdits { OutputTypes = Map(("y", "Image RGB scale=255 bias=0.5")) });
        ImageFeatureType image = EditedModel.Specification(edited).Description.Output[0].Type.ImageType;
        Assert.Equal((4, 2), (image.Width, image.Height));
        Dictionary<string, object> values = new() { ["x"] = new MultiArray(Enumerable.Range(0, 24).Select(i => i / 24f).ToArray(), [1, 3, 2, 4]) };
        Assert.Equal(
            ((float[])((MultiArray)Raw(source, values)["y"]!).Values).Select(value => (value * 255) + 0.5f),
            (float[])((MultiArray)Raw(edited, values)["y"]!).Values);
    }

    [Theory]
    [InlineData("[1, 3, 2..8, 4]", 1, 3, 5, 4)]
    [InlineData("[1, 3, 2, 4] [1, 3, 6, 4]", 1, 3, 6, 4)]
    [InlineData("[1, 3, 7, 9]", 1, 3, 7, 9)]
    [InlineData("[1..4, 3, 2.., 4]", 2, 3, 3, 4)]
    public void Shape_OfAProgram_GoesThroughAllItsOperations(string type, params int[] shape)
    {
        using var folder = new TestFolder();
        string source = SmallModels.Planes(folder);
        string edited = EditedModel.Edit(folder, source, new ModelEdits { InputTypes = Map(("x", type)) });
        float[] values = Enumerable.Range(0, shape.Aggregate(1, (a, b) => a * b)).Select(i => (i % 17) - 8f).ToArray();
        var output = (MultiArray)Raw(edited, new() { ["x"] = new MultiArray(values, shape.Select(size => (long)size).ToArray()) })["y"]!;
        Assert.Equal(shape.Select(size => (long)size), output.Shape);
        Assert.Equal(values.Select(value => Math.Max(value, 0) * 2), (float[])output.Values);
    }

    [Fact]
    public void Shape_FlexibleProgramMadeFixed_ComputesTheSame()
    {
        using var folder = new TestFolder();
        string source = Repository.Fixture("flex_range/fp32.mlpackage");
        Model before = EditedModel.Specification(source);
        FeatureDescription input = before.Description.Input[0];
        string shape = $"[{string.Join(", ", input.Type.MultiArrayType.Shape)}]";
        string edited = EditedModel.Edit(folder, source, new ModelEdits { InputTypes = Map((input.Name, shape)) });
        ArrayFeatureType array = EditedModel.Specification(edited).Description.Input[0].Type.MultiArrayType;
        Assert.Equal(ArrayFeatureType.ShapeFlexibilityOneofCase.None, array.ShapeFlexibilityCase);
        Assert.Equal(EditedModel.Outputs(source, edited, name => name), EditedModel.Outputs(edited, edited, name => name));
    }

    [Theory]
    [InlineData("image", "[1, 4, 32, 32]")]
    [InlineData("image", "[3, 32, 32]")]
    [InlineData("image", "Grayscale 32x32")]
    [InlineData("image", "Double")]
    [InlineData("image", "Optional default=0")]
    public void Type_ThatContradictsTheProgram_IsRefused(string name, string type) =>
        Assert.Contains($"input '{name}' cannot be changed", EditedModel.Refusal(Repository.Fixture(Program), new ModelEdits { InputTypes = Map((name, type)) }));

    [Theory]
    [InlineData("[1, 40]")]
    [InlineData("[1, 1..32]")]
    [InlineData("[1, 16] [1, 32]")]
    public void Shape_ThatTheProgramCannotComputeWith_IsRefusedWithTheOperation(string type) =>
        Assert.Contains("with the shape [1, ", EditedModel.Refusal(Repository.Fixture("gpt_tiny_iOS18/fp32.mlpackage"), new ModelEdits { InputTypes = Map(("ids", type)) }));

    [Theory]
    [InlineData(Program, "probs", "Int32")]
    [InlineData(Program, "probs", "Optional")]
    [InlineData(Program, "probs", "Image RGB 4x4")]
    [InlineData(Network, "output", "Int32")]
    [InlineData(Network, "output", "Float16")]
    public void Type_ThatAnOutputCannotHave_IsRefused(string fixture, string name, string type)
    {
        string source = Repository.Fixture(fixture);
        string output = EditedModel.Specification(source).Description.Output.Any(feature => feature.Name == name) ? name : EditedModel.Specification(source).Description.Output[0].Name;
        Assert.Contains($"output '{output}' cannot be changed", EditedModel.Refusal(source, new ModelEdits { OutputTypes = Map((output, type)) }));
    }

    [Fact]
    public void Shape_FlexibleOfAnOldNetwork_RaisesItsVersion()
    {
        using var folder = new TestFolder();
        string source = Repository.Fixture("photo_classifier/fp32.mlmodel");
        using ModelFile file = ModelFile.Open(source);
        ModelEdits edits = new() { InputTypes = Map(("image", "32..64x32..")) };
        Assert.Equal((1, 3), (ModelEditor.Plan(file, edits).RequiredVersionBefore, EditedModel.Specification(EditedModel.Edit(folder, source, edits)).SpecificationVersion));
        Assert.Equal(1, EditedModel.Specification(EditedModel.Edit(folder, source, new ModelEdits { InputTypes = Map(("image", "48x64")) }, "fixed")).SpecificationVersion);
    }

    [Fact]
    public void Type_DoubleOfANetwork_IsFloatAndBack()
    {
        using var folder = new TestFolder();
        string source = Repository.Fixture(Network);
        string input = EditedModel.Specification(source).Description.Input[0].Name, output = EditedModel.Specification(source).Description.Output[0].Name;
        string floats = EditedModel.Edit(folder, source, new ModelEdits { InputTypes = Map((input, "Float32")), OutputTypes = Map((output, "Float32")) }, "floats");
        Assert.Equal(ArrayDataType.Float32, EditedModel.Specification(floats).Description.Input[0].Type.MultiArrayType.DataType);
        string doubles = EditedModel.Edit(folder, floats, new ModelEdits { InputTypes = Map((input, "Double")), OutputTypes = Map((output, "Double")) }, "doubles");
        Assert.Equal(ArrayDataType.Double, EditedModel.Specification(doubles).Description.Input[0].Type.MultiArrayType.DataType);
        Assert.Equal(EditedModel.Outputs(source, source, name => name), EditedModel.Outputs(floats, source, name => name));
        Assert.Equal(EditedModel.Outputs(source, source, name => name), EditedModel.Outputs(doubles, source, name => name));
    }

    [Fact]
    public void Type_OptionalWithADefault_IsUsedWhenTheInputIsLeftOut()
    {
        using var folder = new TestFolder();
        string source = SmallModels.Subtraction(folder);
        string edited = EditedModel.Edit(folder, source, new ModelEdits { InputTypes = Map(("b", "default=2")) });
        Assert.True(EditedModel.Specification(edited).Description.Input[1].Type.IsOptional);
        var a = new MultiArray(new[] { 1f, 2f, 3f }, [3]);
        Assert.Equal(Run(source, new() { ["a"] = a, ["b"] = new MultiArray(new[] { 2f, 2f, 2f }, [3]) }), Run(edited, new() { ["a"] = a }));
    }

    [Fact]
    public void Type_OfAPipeline_ReachesItsStage()
    {
        using var folder = new TestFolder();
        string source = Repository.Fixture("pipeline_mlprogram/fp32.mlpackage");
        string input = EditedModel.Specification(source).Description.Input[0].Name;
        string edited = EditedModel.Edit(folder, source, new ModelEdits { InputTypes = Map((input, "Float16")) });
        Model model = EditedModel.Specification(edited);
        Assert.Equal(ArrayDataType.Float16, model.Description.Input[0].Type.MultiArrayType.DataType);
        Assert.Equal(model.Description.Input[0].Type, model.Pipeline.Models[0].Description.Input[0].Type);
    }

    [Theory]
    [InlineData("")]
    [InlineData("Float33")]
    [InlineData("[1, x]")]
    [InlineData("[4..2]")]
    [InlineData("[1] [1, 2]")]
    [InlineData("[1..2] [3]")]
    [InlineData("Float32 scale=2")]
    [InlineData("Image RGB scale=1/0")]
    [InlineData("size=3")]
    public void TypeText_ThatIsNoType_IsRefusedWithExamples(string text) =>
        Assert.Contains("Examples:", Assert.Throws<EditException>(() => TypeText.Parse(text)).Message);

    [Theory]
    [InlineData("Float32 [1, 3, 224, 224]")]
    [InlineData("Image Grayscale Float16 28x28")]
    [InlineData("Int32 [1, 1..128]")]
    [InlineData("image:BGR;8..16x4..")]
    public void TypeText_AsTheModuleShowsIt_IsRead(string text)
    {
        FeatureTypeEdit edit = TypeText.Parse(text);
        Assert.NotNull(edit.Shapes);
        Assert.True(edit.ElementType is not null ^ edit.ColorSpace is not null);
    }

    private static Function Mil(Model model) => model.MlProgram.Functions.Values.Single();

    private static void CompareScaled(string source, string edited, string input, long[] shape, float[] bias, float scale = 1 / 255f)
    {
        float[] pixels = Pixels((int)shape.Aggregate(1L, (a, b) => a * b));
        int plane = pixels.Length / bias.Length;
        float[] scaled = pixels.Select((value, i) => (value * scale) + bias[i / plane]).ToArray();
        Assert.Equal(
            Run(source, new() { [input] = new MultiArray(scaled, shape) }).Select(Rounded),
            Run(edited, new() { [input] = new MultiArray(pixels, shape) }).Select(Rounded));
    }

    private static float[] Pixels(int count) => Enumerable.Range(0, count).Select(i => (float)(i * 7 % 256)).ToArray();

    // Scaled in another order, the last bit may differ.
    private static double Rounded(double value) => Math.Round(value, 4);

    private static IEnumerable<double> Run(string path, Dictionary<string, object> values) => Raw(path, values).Values
        .SelectMany(output => output is MultiArray array ? array.Values.Cast<object>().Select(Convert.ToDouble)
            : output is ClassProbabilities classes ? classes.Select(item => (double)item.Probability)
            : []);

    private static Dictionary<string, object?> Raw(string path, Dictionary<string, object> values)
    {
        using IRunnableModel model = Repository.Runtime.Open(path, new RunSettings());
        return model.Run(new RunSample("one", values)).Outputs.Cast<System.Collections.DictionaryEntry>().ToDictionary(output => (string)output.Key, output => output.Value);
    }

    private static Dictionary<string, FeatureTypeEdit> Map(params (string Name, string Type)[] types) => types.ToDictionary(pair => pair.Name, pair => TypeText.Parse(pair.Type));
}
