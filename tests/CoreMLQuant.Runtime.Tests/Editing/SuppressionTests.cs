using System.Collections.Generic;
using System.IO;
using System.Linq;
using CoreMLQuant.Editing.Assembly;
using CoreMLQuant.Editing.Joining;
using CoreMLQuant.Elements;
using CoreMLQuant.Files;
using CoreMLQuant.Mil;
using CoreMLQuant.Models;
using CoreMLQuant.Running;
using CoreMLQuant.Runtime.Tests.Support;
using CoreMLQuant.Specification.Schema;
using Google.Protobuf;
using Xunit;
using ArrayDataType = CoreMLQuant.Specification.Schema.ArrayFeatureType.Types.ArrayDataType;

namespace CoreMLQuant.Runtime.Tests.Editing;

/// <summary>A detector gets a stage that leaves out boxes.</summary>
public sealed class SuppressionTests
{
    // The second box lies on the first, the third beside them, the fourth has hardly any confidence.
    private static readonly float[] Boxes = [0.2f, 0.2f, 0.2f, 0.2f, 0.21f, 0.2f, 0.2f, 0.2f, 0.7f, 0.7f, 0.2f, 0.2f, 0.5f, 0.2f, 0.1f, 0.1f];
    private static readonly float[] Scores = [0.9f, 0.1f, 0.8f, 0.1f, 0.1f, 0.6f, 0.05f, 0.01f];

    [Fact]
    public void WithSuppression_Detector_LeavesOutOverlappingAndUnlikelyBoxes()
    {
        using var folder = new TestFolder();
        AssembledModel joined = Join(folder, new SuppressionOptions { ClassLabels = ["cat", "dog"] });

        Assert.Equal(["scores", "boxes", "iouThreshold", "confidenceThreshold"], joined.Inputs.Select(input => input.Name));
        Assert.Equal([false, false, true, true], joined.Inputs.Select(input => input.IsOptional));
        Assert.Equal(["confidence: Float32 [0.., 2]", "coordinates: Float32 [0.., 4]"], joined.Outputs.Select(output => output.ToString()));
        Assert.Equal(["detector", "nonMaximumSuppression"], joined.Parts);
        Assert.Equal([0.9, 0.1, 0.1, 0.6], Confidences(joined.Path, []));
    }

    [Fact]
    public void WithSuppression_Thresholds_AreInputs()
    {
        using var folder = new TestFolder();
        AssembledModel joined = Join(folder, new SuppressionOptions());
        Assert.Equal([0.9, 0.1, 0.8, 0.1, 0.1, 0.6], Confidences(joined.Path, new() { ["iouThreshold"] = 0.99 }));
        Assert.Equal([0.9, 0.1], Confidences(joined.Path, new() { ["confidenceThreshold"] = 0.7 }));
    }

    [Fact]
    public void WithSuppression_ThenSplit_GivesTheDetectorBack()
    {
        using var folder = new TestFolder();
        AssembledModel joined = Join(folder, new SuppressionOptions());
        AssembledModel part = Assemblies.Split(folder, joined.Path)[0];
        Assert.Equal(Assemblies.SpecificationOf(folder["detector.mlpackage"]), Assemblies.SpecificationOf(part.Path));
    }

    [Fact]
    public void WithSuppression_LabelsOfAnotherNumber_IsAnError() =>
        Assert.Contains("there are 3 class labels, and 'raw_confidence' is for 2 classes", Error(new SuppressionOptions { ClassLabels = ["a", "b", "c"] }));

    [Fact]
    public void WithSuppression_OutputThatDoesNotExist_IsAnErrorThatNamesThem() =>
        Assert.Contains("did you mean 'raw_confidence'?", Error(new SuppressionOptions { ConfidenceOutput = "raw_confidenc" }));

    [Fact]
    public void WithSuppression_ModelThatIsNoDetector_IsAnError()
    {
        using ModelFile file = ModelFile.Open(Repository.Fixture("pipeline_mlprogram/src_a.mlpackage"));
        AssemblyException error = Assert.Throws<AssemblyException>(() => ModelJoiner.WithSuppression(file, new SuppressionOptions()));
        Assert.Contains("no output can be the coordinates", error.Message);
    }

    [Fact]
    public void WithSuppression_Float16_IsAnErrorThatSaysWhatToDo() =>
        Assert.Contains("suppression takes Float32 or Double", Error(new SuppressionOptions(), ElementType.Float16));

    private static string Error(SuppressionOptions options, ElementType type = ElementType.Float32)
    {
        using var folder = new TestFolder();
        using ModelFile file = ModelFile.Open(Detector(folder, type));
        return Assert.Throws<AssemblyException>(() => ModelJoiner.WithSuppression(file, options)).Message;
    }

    private static AssembledModel Join(TestFolder folder, SuppressionOptions options) =>
        Assemblies.Join(folder["joined.mlpackage"], files => ModelJoiner.WithSuppression(files[0], options), Detector(folder, ElementType.Float32));

    private static double[] Confidences(string path, Dictionary<string, object> thresholds)
    {
        var values = new Dictionary<string, object>(thresholds) { ["scores"] = new MultiArray(Scores, [4, 2]), ["boxes"] = new MultiArray(Boxes, [4, 4]) };
        using IRunnableModel model = Repository.Runtime.Open(path, new RunSettings());
        RunSample sample = Repository.Runtime.CreateSample("one", values, model.Features, name => name);
        var confidence = (MultiArray)Assemblies.Run(path, sample)["confidence"];
        return confidence.Values.Cast<object>().Select(value => System.Math.Round(System.Convert.ToDouble(value, System.Globalization.CultureInfo.InvariantCulture), 6)).ToArray();
    }

    // Gives what it takes.
    private static string Detector(TestFolder folder, ElementType type)
    {
        var body = new Block();
        var function = new Function { Opset = "CoreML6" };
        function.BlockSpecializations["CoreML6"] = body;
        var model = new Model { SpecificationVersion = 7, Description = new ModelDescription(), MlProgram = new Program { Version = 1 } };
        model.MlProgram.Functions["main"] = function;
        foreach ((string input, string output, long width) in new[] { ("scores", "raw_confidence", 2L), ("boxes", "raw_coordinates", 4L) })
        {
            function.Inputs.Add(new NamedValueType { Name = input, Type = MilTypes.Tensor(type, [4, width]) });
            body.Operations.Add(SmallProgram.Operation("identity", output, type, [4, width], ("x", input)));
            body.Outputs.Add(output);
            model.Description.Input.Add(Feature(input, type, width));
            model.Description.Output.Add(Feature(output, type, width));
        }

        string package = folder["detector.mlpackage"];
        Directory.CreateDirectory(Path.Combine(package, "Data", "com.apple.CoreML"));
        File.WriteAllBytes(Path.Combine(package, NewPackage.Specification), model.ToByteArray());
        File.WriteAllBytes(Path.Combine(package, PackageManifest.FileName), NewPackage.Manifest(hasWeights: false));
        return package;
    }

    private static FeatureDescription Feature(string name, ElementType type, long width) => new()
    {
        Name = name,
        Type = new FeatureType
        {
            MultiArrayType = new ArrayFeatureType { Shape = { 4, width }, DataType = type == ElementType.Float16 ? ArrayDataType.Float16 : ArrayDataType.Float32 },
        },
    };
}
